"""replay.py SHOP STICK FS N: what a cut can leave of a disk whose writes were
logged (QEMU's blklogwrites): every beginning of the log, N random choices of
the writes since the last flush, and N of all writes, as of a disk that lies
about its flushes.  Each is read as the receiver reads it: no half of a parcel
is ever taken, and what the sender said was safe is there, unless the disk lied.

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
NOTHING = bytes(1 << 16)
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
        f.truncate(len(image))
        for at in range(0, len(image), len(NOTHING)):
            part = image[at:at + len(NOTHING)]
            if part != NOTHING:
                f.seek(at)
                f.write(part)
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
    counts['states'] += 1
    extract(image, out)
    taken = set()
    for folder in sorted(os.listdir(out)):
        if not os.path.isdir(out + '/' + folder):
            continue
        data = receive(out + '/' + folder)
        if data is not None:
            if data not in PARCELS:
                sys.exit('FAILED: power cuts on %s: %s: half of a parcel was '
                         'taken' % (FS, what))
            taken.add(PARCELS.index(data))
        else:
            counts['refused'] += 1
    counts['taken'] += len(taken)
    for i in acked:
        if i not in taken:
            sys.exit('FAILED: power cuts on %s: %s: parcel %d was safe, and is '
                     'lost' % (FS, what, i + 1))


def apply(image, write):
    at = write[0] * SECTOR
    image[at:at + len(write[1])] = write[1]


def chosen(base, writes, choices):
    """Some of them, few or most."""
    image, part = bytearray(base), choices.choice((0.5, 0.8, 0.95))
    for w in writes:
        if choices.random() < part:
            apply(image, w)
    return image


def beginnings(entries, before, counts):
    """Every beginning of the log; then what was flushed, the writes since, and
    what was said to be safe by then, for each time between two flushes."""
    flushed, image = before, bytearray(before)
    since, acked, epochs = [], set(), []
    for n, w in enumerate(entries):
        if w is None:
            epochs.append((flushed, since, set(acked)))
            flushed, since = bytes(image), []
            continue
        if w[0] in (MARK + 1, MARK + 2):
            acked.add(w[0] - MARK - 1)
            continue
        apply(image, w)
        since.append(w)
        judge(image, acked, 'after write %d' % n, counts)
    return acked, [e for e in epochs if len(e[1]) > 1]


def main():
    honest = {'states': 0, 'refused': 0, 'taken': 0}
    lying = dict(honest)
    with open(SHOP + '/before.img', 'rb') as f:
        before = f.read()
    entries = list(log())
    acked, epochs = beginnings(entries, before, honest)
    choices = random.Random(1)
    for _ in range(N if epochs else 0):
        base, writes, safe = choices.choice(epochs)
        judge(chosen(base, writes, choices), safe, 'writes in another order',
              honest)
    writes = [w for w in entries if w is not None and w[0] < MARK]
    for _ in range(N):
        # a whole parcel, or its end, may be there by chance alone
        cut = writes[:choices.randrange(1, len(writes) + 1)]
        judge(chosen(before, cut, choices), set(), 'a lying disk', lying)
    if acked != {0, 1} or honest['taken'] == 0 or honest['refused'] == 0 or \
       lying['refused'] == 0:
        sys.exit('FAILED: power cuts on %s: the test cannot fail: %r, %r, %r' %
                 (FS, acked, honest, lying))
    print('ok: power cuts on %s: %d states of %d writes: %d folders refused, '
          '%d parcels taken, none by half, none lost that was safe' %
          (FS, honest['states'], len(writes), honest['refused'],
           honest['taken']))
    print('ok: power cuts on %s: flushes that did nothing: %d states: %d '
          'folders refused, %d parcels taken, none by half' %
          (FS, lying['states'], lying['refused'], lying['taken']))


PARCELS = []
for p in ('p1', 'p2'):
    with open(SHOP + '/' + p, 'rb') as f_:
        PARCELS.append(f_.read())
main()
