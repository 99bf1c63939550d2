"""What FORMATS 9 says of trust bundles, once more, and shorter.

A bundle is a dict; keys are numbers; "previous" is the id of a bundle, -1 for
none, -2 for one of somebody else.  A device is a dict too."""

LEVEL = [1] * 18 + [2] * 6  # of key n
FREE = ("id", "seq", "previous", "begin", "end", "floors", "made")


def sound(b):
    keys = (b["anchors"], b["next"], [k for k, _ in b["former"]],
            [k for k, _ in b["floors"]])
    return (b["era"] >= 1 and b["seq"] >= 1
            and (b["previous"] == -1) == (b["era"] == b["seq"] == 1)
            and 0 <= b["begin"] < b["end"] <= b["horizon"]
            and all(len(set(k)) == len(k) for k in keys)
            and 1 <= len(b["anchors"]) <= 16 and 1 <= len(b["next"]) <= 16)


def consistent(b):
    now, then = set(b["anchors"]), set(b["next"])
    former = {k for k, _ in b["former"]}
    return (1 <= b["k"] <= len(now) and 1 <= b["kn"] <= len(then)
            and (len(then) >= 2 or len(now) >= 2 and not b["alone"])
            and (len(now) >= 2 or not b["glass"])
            and all(LEVEL[k] >= b["level"] for k in now | then)
            and not then & (now | former) and not now & former)


def floors_hold(old, b, only=None):
    new = dict(b["floors"])
    return all(new.get(k, -1) >= n for k, n in old["floors"]
               if only is None or k in only)


def renews(last, b, by):
    return (b["seq"] == last["seq"] + 1 and b["previous"] == last["id"]
            and all(b[f] == last[f] for f in b if f not in FREE)
            and floors_hold(last, b) and len(by & set(last["anchors"])) >= last["k"])


def establishes(old, b, by, now, trusted):
    here, own, next_ = set(old["anchors"]), set(b["anchors"]), set(old["next"])
    former = dict(b["former"])
    present, committed = len(by & here), len(by & own & next_)
    return (consistent(b) and b["era"] == old["era"] + 1
            and b["previous"] == old["id"]
            and b["arc"] == old["arc"] and b["level"] >= old["level"]
            and all(k in former and former[k] >= r for k, r in old["former"])
            and here - own <= set(former) and floors_hold(old, b, own)
            and (present >= old["k"] and committed >= old["kn"]
                 or old["glass"] and len(here) >= 2 and present == len(here)
                 or old["alone"] and trusted and now > old["horizon"]
                 and len(next_) >= 2 and committed == len(next_))
            and len(by & own) >= b["k"])


def offer(device, b, by, now, trusted):
    """Whether it is taken; the device then holds it."""
    by, begun = set(by), "last" in device
    if not sound(b) or trusted and now < b["begin"]:
        return False
    if b["seq"] == 1:
        old = device.get("established")
        if not (establishes(old, b, by, now, trusted) if begun else
                consistent(b) and len(by & set(b["anchors"])) >= b["k"]):
            return False
        floor = max(device.get("established floor", 0), b["begin"])
        device.update({"established": b, "last": b, "floor": floor,
                       "established floor": floor})
        return True
    if not begun or not renews(device["last"], b, by):
        return False
    device.update(last=b, floor=max(device["floor"], b["begin"]))
    return True


def alive(device, now):
    return max(device["floor"], now) <= device["last"]["end"]
