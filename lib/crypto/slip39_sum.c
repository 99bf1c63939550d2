/* see slip39_sum.h */
#include "lib/crypto/mask.h"
#include "lib/crypto/slip39_sum.h"

#define WORD_BITS 10
#define WORD_MASK 0x3ff

/* RS1024: what each bit that leaves at the top adds below. */
static const uint32_t gen[WORD_BITS] = {
	0x00e0e040, 0x01c1c080, 0x03838100, 0x07070200, 0x0e0e0009,
	0x1c0c2412, 0x38086c24, 0x3090fc48, 0x21b1f890, 0x03f3f120,
};

/* The way back: what must have left for each bit that stands lowest. */
static const uint32_t ungen[WORD_BITS] = {
	0x091, 0x122, 0x244, 0x081, 0x102, 0x204, 0x001, 0x002, 0x004, 0x008,
};

/* The XOR of the rows of ${table} that ${bits} picks. */
static uint32_t
pick(const uint32_t table[WORD_BITS], uint32_t bits)
{
	uint32_t sum = 0;

	for (unsigned i = 0; i < WORD_BITS; i++)
		sum ^= table[i] & (uint32_t)mask_bit(bits, i);
	return sum;
}

static uint32_t
step(uint32_t sum, uint32_t word)
{
	return ((sum & 0xfffff) << WORD_BITS ^ word) ^ pick(gen, sum >> 20);
}

static uint32_t
unstep(uint32_t sum)
{
	const uint32_t left = pick(ungen, sum & WORD_MASK);

	return (sum ^ pick(gen, left)) >> WORD_BITS | left << 20;
}

uint32_t
slip39_sum(const uint16_t *word, size_t n, bool extendable)
{
	const char *custom = extendable ? "shamir_extendable" : "shamir";
	uint32_t sum = 1;

	for (; *custom != '\0'; custom++)
		sum = step(sum, (uint8_t)*custom);
	for (size_t i = 0; i < n; i++)
		sum = step(sum, word[i]);
	return sum;
}

/*
 * A change e of the last word but k leaves the syndrome e x^k.  Take one power
 * of x away after another: where what is left is a single word, that was it.
 */
size_t
slip39_sum_locate(const uint16_t *word, size_t n, bool extendable,
    uint16_t *change)
{
	uint32_t syndrome = slip39_sum(word, n, extendable) ^ 1;
	uint64_t found = 0, by = 0, hit;

	/* all words are looked at, whichever it is */
	for (uint64_t at = n; at > 0; at--) {
		hit = mask_zero(syndrome >> WORD_BITS) &
		    ~mask_zero(syndrome) & mask_zero(found);
		found |= at & hit;
		by |= syndrome & hit;
		syndrome = unstep(syndrome);
	}
	*change = (uint16_t)by;
	return (size_t)found;
}
