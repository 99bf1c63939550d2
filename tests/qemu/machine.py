"""machine.py SHOP SECONDS APPEND QEMU-ARGS...: a virtual machine with the kernel
and the files of SHOP, till it says `guest: done`.  What it says is in SHOP/said;
`ok: ` and `FAILED: ` are passed on.  It asks for what only its outside can do,
by a line `HOST: ` and one of

	pull NAME SECONDS   that stick goes, in the middle of something
	plug NAME           it is there
	fail NAME N         it is there anew, as in SHOP/NAME.fresh, and from its
	                    Nth write on it fails; with N 0 it is there again,
	                    as it is by then, and is sound
	key NAME            is pressed
	screen NAME         what the screen shows, to SHOP/NAME.ppm

A stick NAME is the file SHOP/NAME.img, and has the serial number STICK-NAME.
Exit status 1: it did not get to its end."""
import json
import os
import shutil
import socket
import subprocess
import sys
import time

SHOP, SECONDS, APPEND = sys.argv[1], int(sys.argv[2]), sys.argv[3]
QMP = SHOP + '/qmp'


class Monitor:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        for _ in range(100):
            try:
                self.socket.connect(QMP)
                break
            except OSError:
                time.sleep(0.1)
        self.lines = self.socket.makefile('r')
        self.lines.readline()
        self.ask('qmp_capabilities')

    def wait(self, *keys):
        """The next answer, or event of that name."""
        while True:
            line = json.loads(self.lines.readline())
            if 'return' in line or 'error' in line or \
               line.get('event') in keys:
                return line

    def ask(self, command, **arguments):
        self.socket.sendall(json.dumps(
            {'execute': command, 'arguments': arguments}).encode())
        answer = self.wait()
        if 'error' in answer:
            print('FAILED: %s: %s' % (command, answer['error']['desc']),
                  flush=True)
        return answer


def rules(n):
    """blkdebug: writes are counted; from the Nth on each fails."""
    count = [{'event': 'write_aio', 'state': i, 'new_state': i + 1}
             for i in range(1, n)]
    error = {'event': 'write_aio', 'state': n, 'errno': 5, 'once': False,
             'iotype': 'write'}
    return dict({'set-state': count} if count else {}, **{
        'inject-error': [error]})


def layers(monitor, name, n):
    """The stick's node, through what makes it fail if ${n} is not 0."""
    bottom = {'driver': 'file', 'filename': '%s/%s.img' % (SHOP, name)}
    if n:
        bottom = dict(rules(n), driver='blkdebug', image=bottom)
    monitor.ask('blockdev-add', **{'driver': 'raw', 'node-name': 'n-' + name,
                                   'file': bottom})


def plug(monitor, name):
    monitor.ask('device_add', driver='usb-storage', bus='x.0',
                drive='n-' + name, serial='STICK-' + name, removable=True,
                id=name)


def pull(monitor, name, seconds='0'):
    time.sleep(float(seconds))
    monitor.ask('device_del', id=name)


def fail(monitor, name, n):
    if name in fail.there:
        monitor.ask('device_del', id=name)
        time.sleep(0.3)
        monitor.ask('blockdev-del', **{'node-name': 'n-' + name})
    fail.there.add(name)
    if int(n):
        shutil.copyfile('%s/%s.fresh' % (SHOP, name),
                        '%s/%s.img' % (SHOP, name))
    layers(monitor, name, int(n))
    plug(monitor, name)


def key(monitor, name):
    monitor.ask('send-key', keys=[{'type': 'qcode', 'data': name}])


def screen(monitor, name):
    monitor.ask('screendump', filename='%s/%s.ppm' % (SHOP, name))


fail.there = set()
ORDERS = {'pull': pull, 'plug': plug, 'fail': fail, 'key': key,
          'screen': screen}


def main():
    args = ['timeout', '--foreground', str(SECONDS), 'qemu-system-x86_64',
            # a node /dev/kvm says nothing about a processor that has it
            '-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2',
            '-m', '1024', '-display', 'none', '-nic', 'none', '-no-reboot',
            '-kernel', SHOP + '/vmlinuz', '-initrd', SHOP + '/root.cpio',
            '-append', 'console=tty0 console=ttyS0 quiet panic=-1 ' + APPEND,
            '-serial', 'stdio', '-qmp', 'unix:%s,server=on,wait=off' % QMP]
    if os.path.exists(QMP):
        os.remove(QMP)
    start, done = time.monotonic(), False
    with subprocess.Popen(args + sys.argv[4:], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT) as machine, \
            open(SHOP + '/said', 'w', encoding='utf-8') as said:
        monitor = Monitor()
        for line in machine.stdout:
            line = line.decode(errors='replace').strip('\r\n')
            said.write(line + '\n')
            said.flush()
            if line.startswith('HOST: '):
                order = line.split()[1:]
                ORDERS[order[0]](monitor, *order[1:])
            elif line.startswith(('ok: ', 'FAILED: ')):
                print(line, flush=True)
            done = done or line == 'guest: done'
    if not done:
        with open(SHOP + '/said', encoding='utf-8') as said:
            sys.stdout.writelines(said.readlines()[-20:])
        print('FAILED: the machine did not get to its end in %d s' %
              (time.monotonic() - start))
    sys.exit(not done)


main()
