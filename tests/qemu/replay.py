"""replay.py SHOP STICK FS N: what a cut can leave of a disk whose writes were
logged (QEMU's blklogwrites): every beginning of the log, and N random choices
of the writes since the last flush.  Each is read as the receiver reads it: no
half of a parcel is ever taken, and what the sender said was safe is there.

FS vfat is read by mtools; exfat, which nothing here reads without a kernel, by
a reader of this file."""
import os
import random
import shutil
import struct
import subprocess
import sys

SHOP, STICK, FS, N = sys.argv[1:4] + [int(sys.argv[4])]
SECTOR = 512
FLUSH = 1
MARK = 122880  # the sector before that of the first mark
ENV = dict(os.environ, STICK=FS, STICK_MOUNT='ro,nosuid,nodev,noexec',
           STICK_SYSFS=SHOP + '/none', ASAN_OPTIONS='detect_leaks=0')


def log():
    """Writes and flushes in order: (sector, data) or None for a flush."""
    with open(SHOP + '/log.img', 'rb') as f:
        magic, version, n, size = struct.unpack('<QQQI', f.read(28))
        assert magic == 0x6a736677736872 and version == 1, 'no such log'
        at = size
        for _ in range(n):
            f.seek(at)
            sector, count, flags, length = struct.unpack('<QQQQ', f.read(32))
            at += size
            if flags & FLUSH:
                yield None
            if flags & 4:  # a discard has no data
                continue
            if count:
                f.seek(at)
                yield sector, f.read(count * SECTOR)
                at += count * SECTOR


def exfat(image, out):
    """Files of an exFAT image, as far as their directories can be read."""
    boot = image[:512]
    if boot[3:11] != b'EXFAT   ':
        return
    fat_at, _, heap, _, root = struct.unpack_from('<IIIII', boot, 80)
    sector, cluster = 1 << boot[108], 1 << (boot[108] + boot[109])

    def chain(first, size, contiguous):
        data, c = b'', first
        while c >= 2 and c < 0xfffffff7 and (size is None or
                                             len(data) < size):
            at = heap * sector + (c - 2) * cluster
            data += image[at:at + cluster]
            if len(data) > len(image):
                break
            c = c + 1 if contiguous else struct.unpack_from(
                '<I', image, fat_at * sector + 4 * c)[0]
        return data if size is None else data[:size]

    def walk(data, path, depth):
        os.makedirs(path, exist_ok=True)
        for i in range(0, len(data) - 31, 32):
            if data[i] != 0x85:
                continue
            extra = data[i + 1]
            folder = data[i + 4] & 0x10
            stream = data[i + 32:i + 64]
            if len(stream) < 32 or stream[0] != 0xc0:
                continue
            first, size = struct.unpack_from('<IQ', stream, 20)
            name = b''.join(data[i + 64 + 32 * k + 2:i + 96 + 32 * k]
                            for k in range(extra - 1))
            name = name[:2 * stream[3]].decode('utf-16-le', 'replace')
            if '/' in name or name in ('', '.', '..') or '\0' in name:
                continue
            body = chain(first, size, stream[1] & 2) if first else b''
            if folder and depth < 3:
                walk(body, path + '/' + name, depth + 1)
            elif not folder:
                with open(path + '/' + name, 'wb') as f:
                    f.write(body)

    walk(chain(root, None, False), out, 0)


def extract(image, out):
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    if FS == 'exfat':
        try:
            exfat(bytes(image), out)
        except struct.error:
            pass  # what cannot be read is no parcel
        return
    with open(SHOP + '/state.img', 'wb') as f:
        f.write(image)
    subprocess.run(['mcopy', '-Q', '-s', '-n', '-i', SHOP + '/state.img', '::/*',
                    out], stdin=subprocess.DEVNULL,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                   check=False)


def receive(where):
    """The bytes that are taken, or None."""
    got = SHOP + '/got'
    for path in (got, SHOP + '/media'):
        if os.path.isdir(path):
            shutil.rmtree(path)
        elif os.path.exists(path):
            os.remove(path)
    r = subprocess.run([STICK, 'transfer', 'receive', 'usb:' + where, '--to',
                        got, '--label', 'blue-1', '--media', SHOP + '/media'],
                       env=ENV, capture_output=True, check=False)
    if r.returncode != 0:
        assert not os.path.exists(got), 'refused, and delivered'
        assert r.stderr.startswith(b'anchorite: '), r.stderr
        return None
    with open(got, 'rb') as f:
        return f.read()


def judge(image, acked, what, counts):
    """Each folder of the stick: half of nothing, and all that was safe."""
    out = SHOP + '/out'
    extract(image, out)
    taken = set()
    for folder in sorted(os.listdir(out)):
        if not os.path.isdir(out + '/' + folder):
            continue
        data = receive(out + '/' + folder)
        if data is not None:
            if data not in PARCELS:
                sys.exit('FAILED: %s: half of a parcel was taken' % what)
            taken.add(PARCELS.index(data))
        else:
            counts['refused'] += 1
    counts['taken'] += len(taken)
    for i in acked:
        if i not in taken:
            sys.exit('FAILED: %s: parcel %d was safe, and is lost' %
                     (what, i + 1))


def apply(image, write):
    at = write[0] * SECTOR
    image[at:at + len(write[1])] = write[1]


def main():
    counts = {'refused': 0, 'taken': 0}
    with open(SHOP + '/before.img', 'rb') as f:
        flushed = bytearray(f.read())
    image = bytearray(flushed)
    since, acked, states = [], set(), 0
    choices = random.Random(1)
    entries = list(log())
    epochs = []
    for n, w in enumerate(entries):
        if w is None:
            epochs.append((bytes(flushed), since, set(acked)))
            flushed, since = bytearray(image), []
            continue
        if w[0] in (MARK + 1, MARK + 2):
            acked.add(w[0] - MARK - 1)
            continue
        apply(image, w)
        since.append(w)
        judge(image, acked, 'after write %d' % n, counts)
        states += 1
    epochs = [e for e in epochs if len(e[1]) > 1]
    for _ in range(N if epochs else 0):
        base, writes, safe = choices.choice(epochs)
        image = bytearray(base)
        for w in writes:
            if choices.random() < 0.5:
                apply(image, w)
        judge(image, safe, 'writes in another order', counts)
        states += 1
    if acked != {0, 1} or counts['taken'] == 0 or counts['refused'] == 0:
        sys.exit('FAILED: the test cannot fail: %r, %r' % (acked, counts))
    print('power cuts on %s: %d states of %d writes: %d folders refused, '
          '%d parcels taken, none by half, none lost that was safe' %
          (FS, states, len(entries), counts['refused'], counts['taken']))


PARCELS = []
for p in ('p1', 'p2'):
    with open(SHOP + '/' + p, 'rb') as f_:
        PARCELS.append(f_.read())
main()
