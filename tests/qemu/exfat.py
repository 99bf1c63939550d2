"""exfat.py IMAGE PARCEL: onto an empty exFAT file system, as another program
than Linux would, and as none should:

	whole/NAME   the folder PARCEL, by its name
	large/NAME   the same, and gateway.csr has 5 GB
	dotted/NAME  the same, and gateway.csr is gateway.csr. (as Windows can
	             make it, and Linux 6.1 cannot)
	many/        100000 names
"""
import os
import struct
import sys

LARGE = 5 << 30
FIRST = 100  # cluster from which on all is ours; nobody looks in the bitmap


def name_hash(name):
    h = 0
    for b in name.upper().encode('utf-16-le'):
        h = (((h << 15) | (h >> 1)) + b) & 0xffff
    return h


def entry(name, cluster, size, folder):
    """A set of entries: file, stream, and the name."""
    parts = [name[i:i + 15].encode('utf-16-le').ljust(30, b'\0')
             for i in range(0, len(name), 15)]
    head = struct.pack('<BBHHH', 0x85, 1 + len(parts), 0,
                       0x10 if folder else 0x20, 0)
    head += struct.pack('<III', 0x50210000, 0x50210000, 0x50210000)
    stream = struct.pack('<BBBBHHQIIQ', 0xc0, 3, 0, len(name), name_hash(name),
                         0, size, 0, cluster, size)
    whole = head.ljust(32, b'\0') + stream
    whole += b''.join(b'\xc1\0' + p for p in parts)
    total = 0
    for i, b in enumerate(whole):
        if i not in (2, 3):
            total = (((total << 15) | (total >> 1)) + b) & 0xffff
    return whole[:2] + struct.pack('<H', total) + whole[4:]


class Stick:
    def __init__(self, path):
        self.file = open(path, 'r+b')
        boot = self.file.read(512)
        assert boot[3:11] == b'EXFAT   '
        _, _, heap, _, self.root = struct.unpack_from('<IIIII', boot, 80)
        self.cluster = 1 << (boot[108] + boot[109])
        self.heap = heap << boot[108]
        self.next = FIRST

    def at(self, cluster):
        return self.heap + (cluster - 2) * self.cluster

    def put(self, data):
        """In clusters one behind the other."""
        first = self.next
        self.file.seek(self.at(first))
        self.file.write(data)
        self.next += -(-len(data) // self.cluster)
        return first

    def folder(self, name, entries):
        data = b''.join(entries)
        data += bytes(-(len(data) + 32) % self.cluster + 32)
        return entry(name, self.put(data), len(data), True)

    def parcel(self, path, name='gateway.csr', size=None):
        """Of which the file gateway.csr has that name and size."""
        made = []
        for there in sorted(os.listdir(path)):
            with open(os.path.join(path, there), 'rb') as f:
                data = f.read()
            ours = there == 'gateway.csr'
            made.append(entry(name if ours else there, self.put(data),
                              size if ours and size else len(data), False))
        return self.folder(os.path.basename(path), made)

    def finish(self, entries):
        start = self.at(self.root)
        self.file.seek(start)
        there = self.file.read(self.cluster)
        free = next(i for i in range(0, len(there), 32) if there[i] == 0)
        data = b''.join(entries)
        assert free + len(data) < self.cluster
        self.file.seek(start + free)
        self.file.write(data)
        self.file.close()


def main():
    stick, path = Stick(sys.argv[1]), sys.argv[2].rstrip('/')
    stick.finish([
        stick.folder('whole', [stick.parcel(path)]),
        stick.folder('large', [stick.parcel(path, size=LARGE)]),
        stick.folder('dotted', [stick.parcel(path, 'gateway.csr.')]),
        stick.folder('many', [entry('%06d' % n, 0, 0, False)
                              for n in range(100000)])])


main()
