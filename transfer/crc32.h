/* crc32.h -- the check sum of IEEE 802.3, against accidents alone. */
#ifndef ANCHORITE_CRC32_H
#define ANCHORITE_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* Reflected, polynomial 0xedb88320, begun and ended with all ones. */
uint32_t crc32_of(const void *data, size_t len);

#endif
