#!/usr/bin/env python3
"""histories.py HELPER COUNT [SEED]: random histories of an organisation, its
thieves and a device, told to the program and to model.py.

The two never disagree; and, asked of the program's answers alone:
- who holds the present roots changes no anchor, threshold or commitment;
- whatever a device took from him, the next lawful establishment is accepted;
- who holds the next roots does nothing where the mode is `both`."""
import collections
import random
import subprocess
import sys

import model

YEAR = 31536000
BEGIN = 1800000000
OURS, THIEVES = list(range(16)) + list(range(18, 24)), [16, 17]
FIXED = ("anchors", "k", "next", "kn", "former", "level", "horizon", "alone",
         "glass", "expiry", "arc", "era")


class History:
    """What happens, as lines; and what each line must be answered."""

    def __init__(self, r, real):
        self.r, self.lines, self.all, self.told = r, [f"history {real}"], [], []
        self.device, self.now = {}, BEGIN
        self.lost, self.over, self.names = set(), False, {}
        self.thief = r.choice(["", "present", "next"])
        self.unused = OURS[:]
        r.shuffle(self.unused)
        n = r.choice([1, 1, 2, 3])
        anchors = [self.unused.pop() for _ in range(n)]
        self.org = self.new(dict(
            era=1, seq=1, previous=-1, begin=BEGIN, end=BEGIN + YEAR,
            horizon=BEGIN + 2 * YEAR, k=r.randint(1, n), arc=0, made=0,
            level=1, alone=r.randint(0, 1), expiry=r.randint(0, 1),
            glass=r.randint(0, 1) if n > 1 else 0, anchors=anchors,
            next=[self.unused.pop() for _ in range(r.randint(2, 3))],
            former=[], floors=[], kn=1))
        self.est = self.org
        self.by = {0: anchors}
        self.offer(self.org, anchors, "first")

    def new(self, b):
        """A bundle is its bytes: in order, and the same twice is one."""
        b = {f: sorted(v) if isinstance(v, list) else v for f, v in b.items()}
        b["id"] = len(self.all)
        name = str(sorted((f, v) for f, v in b.items() if f != "id"))
        if name in self.names:
            return self.names[name]
        self.names[name] = b
        self.all.append(b)
        text = lambda k: ",".join(map(str, k)) or "-"
        self.lines.append("bundle " + " ".join(str(b[f]) for f in (
            "id", "era", "seq", "previous", "begin", "end", "horizon", "k",
            "kn", "level", "alone", "glass", "expiry", "arc", "made")) + " " +
            " ".join((text(b["anchors"]), text(b["next"]),
                      text(f"{k}{'!' if v else ''}" for k, v in b["former"]),
                      text(f"{k}:{n}" for k, n in b["floors"]))))
        return b

    def offer(self, b, by, why):
        """Told to both; the model's answer, and what must hold of it."""
        trusted = self.r.randint(0, 1)
        now = self.now if trusted or self.r.random() < .8 else 0
        held = self.device.get("last")
        self.by.setdefault(b["id"], by)
        yes = model.offer(self.device, b, by, now, trusted)
        last = self.device.get("last", {"era": 0, "seq": 0})
        self.lines.append(f"offer {b['id']} {now} {trusted} " +
                          (",".join(map(str, by)) or "-"))
        self.told.append((
            f"{'yes' if yes else 'no'} {last['era']} {last['seq']} "
            f"{self.device.get('floor', 0)} " + (
                "alive" if "last" in self.device and
                model.alive(self.device, now) else "expired"),
            why, held, b))
        # by the rules somebody else may be the organisation now
        self.over |= yes and b["seq"] == 1 and why not in (
            "first", "lawful", "late")
        return yes

    def some(self, keys, least=0):
        keys = list(keys)
        return self.r.sample(keys, self.r.randint(min(least, len(keys)),
                                                  len(keys)))

    # --- what an organisation does ---

    def renewal(self, last):
        r = self.r
        floors = {k: n + r.randint(0, 2) for k, n in last["floors"]}
        if r.random() < .3:
            floors.setdefault(r.choice(last["anchors"]), r.randint(0, 9))
        end = min(self.now + YEAR, last["horizon"])
        begin = min(self.now, end - 1)
        return dict(last, seq=last["seq"] + 1, previous=last["id"],
                    begin=begin, end=end, made=r.randint(0, 9),
                    floors=sorted(floors.items()))

    def succession(self):
        """The lawful establishment and its signers, or None: no more keys,
        or too many were lost."""
        r, old = self.r, self.est
        have = [k for k in old["anchors"] if k not in self.lost]
        coming = [k for k in old["next"] if k not in self.lost]
        late = self.now > old["horizon"]
        if len(have) >= old["k"] and len(coming) >= old["kn"]:
            way = "lawful"
        elif old["glass"] and len(have) == len(old["anchors"]):
            way = "lawful"
        elif old["alone"] and late and len(coming) == len(old["next"]):
            way = "late"
        else:
            return None
        n = r.randint(2, 3)
        own = coming + (self.some(have) if coming else have)
        if len(self.unused) < n or not own:
            return None
        former = dict(old["former"])
        former.update({k: r.randint(0, 1) for k in old["anchors"]
                       if k not in own})
        floors = [(k, v) for k, v in self.org["floors"] if k in own]
        b = dict(old, era=old["era"] + 1, seq=1, previous=old["id"],
                 begin=self.now, end=self.now + YEAR,
                 horizon=self.now + 2 * YEAR, anchors=own,
                 next=[self.unused.pop() for _ in range(n)],
                 former=sorted(former.items()), floors=floors,
                 k=r.randint(1, len(own)), kn=r.randint(1, n),
                 alone=r.randint(0, 1), made=r.randint(0, 9),
                 glass=r.randint(0, 1) if len(own) > 1 else 0)
        return b, have + coming, way

    def renew(self):
        have = [k for k in self.est["anchors"] if k not in self.lost]
        if len(have) < self.est["k"]:
            return
        self.org = self.new(self.renewal(self.org))
        self.offer(self.org, have, "renewal")

    def establish(self):
        found = self.succession()
        if found is None:
            return
        b, by, way = found
        b = self.new(b)
        if way == "late":  # by a trusted clock alone: keep to the model
            if not self.offer(b, by, "late"):
                return
        else:
            self.offer(b, by, "lawful")
        self.est = self.org = b

    def lose(self):
        self.lost.add(self.r.choice(self.est["anchors"] + self.est["next"]))

    def wait(self):
        self.now += self.r.randint(1, YEAR)

    # --- what others do ---

    def replay(self):
        b = self.r.choice(self.all)
        self.offer(b, self.by.get(b["id"], []), "replay")

    def strip(self):
        b = self.new(self.renewal(self.org))
        by = self.some(self.est["anchors"])
        self.offer(b, by * 2 + self.some(THIEVES + self.unused[:3]), "strip")

    def skip(self):
        one = self.new(self.renewal(self.org))
        two = self.new(self.renewal(one))
        pair = [(one, "skip"), (two, "skip")]
        self.r.shuffle(pair)
        for b, why in pair:
            self.offer(b, self.some(self.est["anchors"], 1), why)

    def change(self, b):
        """One field or more, to something near."""
        r, b = self.r, dict(b)
        for _ in range(r.choice([1, 1, 1, 2, 3])):
            f = r.choice(list(b) + ["former"] * 4)
            if f in ("anchors", "next"):
                b[f] = r.choice([b[f] + [r.choice(THIEVES)], b[f][1:],
                                 b[f][:-1] + [r.choice(THIEVES)],
                                 b[f] + [r.choice(OURS)]])
            elif f == "former":
                b[f] = r.choice([b[f][1:], b[f] + [(r.choice(OURS), 1)],
                                 [(k, 0) for k, _ in b[f]]])
            elif f == "floors":
                b[f] = r.choice([b[f][1:], b[f] + [(r.choice(OURS), 5)],
                                 [(k, n - 1) for k, n in b[f] if n > 0],
                                 [(k, 2**63 - 1) for k, _ in b[f]]])
            elif f in ("alone", "glass", "expiry", "arc"):
                b[f] = 1 - b[f]
            elif f == "previous":
                b[f] = r.choice([-2, -1] + [x["id"] for x in self.all])
            elif f != "id":
                b[f] = max(0, b[f] + r.choice([-1, 1, 1, YEAR]))
        return b

    def mutate(self):
        found = self.succession() if self.r.random() < .5 else None
        if found is None:
            b, by = self.renewal(self.device["last"]), self.est["anchors"]
        else:
            b, by, _ = found
            self.unused += b["next"]
        if self.r.random() < .8:
            b = self.change(b)
        everybody = list(by) + self.est["next"] + THIEVES + list(b["anchors"])
        self.offer(self.new(b), self.some(by, 1) if self.r.random() < .3
                   else self.some(set(everybody)), "mutant")

    def careless(self):
        """One thing that no signature allows, signed by all."""
        found = self.succession()
        if found is None:
            return
        b, by, way = found
        self.unused += b["next"]
        f = self.r.choice(["former", "former", "floors", "level", "arc"])
        if f in ("former", "floors") and b[f]:
            k, n = self.r.choice(b[f])
            b[f] = [x for x in b[f] if x[0] != k]
            if n and self.r.random() < .5:
                b[f].append((k, n - 1))
        else:
            f = "arc" if f == "arc" else "level"
            b[f] = 1 - b[f]
        self.offer(self.new(b), by, "careless")

    def orphan(self):
        """The next keys without the present ones, all or some of them."""
        found = self.succession()
        if found is None:
            return
        b, _, _ = found
        self.unused += b["next"]
        b.update(anchors=list(self.est["next"]), floors=[], k=1, kn=1,
                 former=sorted({**dict(self.est["former"]), **dict.fromkeys(
                     self.est["anchors"], 1)}.items()), glass=0)
        self.offer(self.new(b), self.some(self.est["next"], 1), "orphan")

    def steal(self):
        """He sees everything and holds one side; what he makes is signed by
        all he holds, and by keys of his own."""
        held, r = self.device["last"], self.r
        if not self.thief:
            return
        keys = held["anchors"] if self.thief == "present" else held["next"]
        kind = r.random()
        if kind < .4:
            b = self.renewal(held)
            if r.random() < .5:  # to the end of all ranges
                b.update(end=b["horizon"], begin=b["horizon"] - 1,
                         floors=[(k, 2**63 - 1) for k in sorted(
                             set(b["anchors"]) | dict(b["floors"]).keys())])
        elif kind < .6:
            b = self.change(self.renewal(held))
        else:
            est = self.device["established"]
            former = dict(est["former"])
            former.update({k: 1 for k in est["anchors"]})
            b = dict(est, era=est["era"] + 1, seq=1, previous=est["id"],
                     begin=self.now, end=self.now + YEAR,
                     horizon=self.now + 2 * YEAR, kn=1, k=1)
            if self.thief == "next":
                b.update(anchors=list(keys), next=THIEVES, glass=0,
                         former=sorted(former.items()))
            else:
                b.update(anchors=list(keys) + THIEVES[:1], glass=0, alone=0,
                         next=THIEVES[1:] if len(keys) else THIEVES)
            if r.random() < .3:
                b = self.change(b)
        self.offer(self.new(b), list(keys) + THIEVES, "thief " + self.thief)

    def run(self):
        sleepy = self.r.randint(0, 2)  # who waits long comes to the horizon
        acts = [self.renew] * 3 + [self.establish] * (2 - sleepy) + (
            [self.wait] * (2 + 2 * sleepy)) + [
            self.replay, self.orphan, self.careless, self.strip, self.skip, self.mutate, self.mutate,
            self.steal, self.steal, self.steal] + (
            [self.lose] if self.r.random() < .4 else [])
        for _ in range(self.r.randint(10, 40)):
            if not self.over:
                self.r.choice(acts)()
        return self


def check(answer, told, seen):
    """The first thing that is wrong with an answer of the program, or None."""
    want, why, held, b = told
    seen[why + (" yes" if answer.startswith("yes") else " no")] += 1
    if answer != want:
        return "the model says otherwise"
    yes = answer.startswith("yes")
    if why in ("first", "lawful") and not yes:
        return "a lawful establishment is refused"
    if why == "thief present" and yes and not held["glass"] and any(
            held[f] != b[f] for f in FIXED):
        return "the present roots alone changed more than they may"
    if why == "thief next" and yes and not held["alone"]:
        return "the next roots alone did something"
    return None


def main():
    helper, count = sys.argv[1], int(sys.argv[2])
    seed = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    seen, offers = collections.Counter(), 0
    for first in range(0, count, 500):
        some = [History(random.Random(f"{seed}/{n}"), int(n % 100 == 0)).run()
                for n in range(first, min(first + 500, count))]
        text = "".join(line + "\n" for h in some for line in h.lines)
        out = subprocess.run([helper], input=text, capture_output=True,
                             text=True, check=True).stdout.splitlines()
        told = [(n, t) for n, h in enumerate(some) for t in h.told]
        if len(out) != len(told):
            sys.exit("the program did not answer everything")
        for answer, (n, t) in zip(out, told):
            bad = check(answer, t, seen)
            if bad:
                sys.exit(f"history {first + n} of seed {seed}: {bad}: "
                         f"\"{answer}\", not \"{t[0]}\", of {t[1]}: {t[3]}")
        offers += len(out)
    for what in ("lawful yes", "thief present yes", "thief present no",
                 "thief next no", "careless no", "orphan yes", "orphan no", "mutant yes", "mutant no",
                 "replay no"):
        if not seen[what]:
            sys.exit(f"no history had: {what}")
    print(f"{count} histories, {offers} offers, no disagreement: " +
          ", ".join(f"{k} {n}" for k, n in sorted(seen.items())))


main()
