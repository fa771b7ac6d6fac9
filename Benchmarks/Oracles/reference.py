"""The published queries once more, in the plainest form that can be right: no set arithmetic, no clever walks, one unit
at a time. Slow; for sizes XS and S.

    reference.py SIZE           prints the same lines as sql_queries.py with --digests
"""

import bisect
import json
import sys

from sql_queries import QUERIES, digest
from workload import ABSENT, DAY, HOUR, KINDS, OPEN, RESOURCES, SECOND, SIZES, Evidence

EARLIEST = -9_000_000_000_000_000_000


class Reference:
    def __init__(self, evidence):
        self.evidence = evidence
        self.p0, self.p1 = evidence.start, evidence.end
        self.known_at = evidence.end
        self.cache = {}

    def known(self, name):
        """The rows that are known at the end, as dictionaries."""
        if name not in self.cache:
            kind = next(kind for kind in KINDS if kind.name == name)
            heads = ["key", "v0", "v1", "known", "superseded"] + [column[0] for column in kind.columns]
            rows = [dict(zip(heads, row)) for row in self.evidence.rows(name)]
            self.cache[name] = [row for row in rows if row["known"] <= self.known_at < row["superseded"]]
        return self.cache[name]

    def is_covered(self, name, at):
        return any(start <= at < end for start, end in self.evidence.coverage(name))

    def covers(self, name, start, end):
        return any(a <= start and end <= b for a, b in self.evidence.coverage(name))

    # Records over time: at every instant where anything may change, ask anew.

    def walk(self, versions, cuts, judge, grace):
        """Verdict stretches of one record. `judge` gives pass, bad, none or n/a for a version at an instant."""
        edges = set(cuts)
        for version in versions:
            edges |= {version["v0"], version["v1"]}
        edges = sorted(edges)
        rows, run = [], None
        for a, b in zip(edges, edges[1:]):
            version = next((v for v in versions if v["v0"] <= a < v["v1"]), None)
            status = "absent" if version is None else judge(version, a)
            if status in ("pass", "absent", "n/a"):
                run = None
                if status != "absent":
                    rows.append((a, b, status))
                continue
            run = a if run is None else run
            if status == "none":
                rows.append((a, b, "none"))
                continue
            limit = run + grace
            if a < limit:
                rows.append((a, min(b, limit), "tolerated"))
            if b > limit:
                rows.append((max(a, limit), b, "fail"))
        clipped = [(max(a, self.p0), min(b, self.p1), verdict) for a, b, verdict in rows]
        return [row for row in clipped if row[0] < row[1]]

    def edges_of(self, name):
        return [edge for interval in self.evidence.coverage(name) for edge in interval]

    def records(self, name):
        found = {}
        for row in self.known(name):
            found.setdefault(row["key"], []).append(row)
        return found

    def state(self):
        for number, name in enumerate(f"asset.{short}" for short in RESOURCES):
            for key, versions in self.records(name).items():
                def judge(version, at):
                    if not self.is_covered(name, at):
                        return "none"
                    return "pass" if version["encrypted"] else "bad"
                for row in self.walk(versions, self.edges_of(name), judge, 7 * DAY):
                    yield 9 + number, key, *row

    def age(self):
        size = self.evidence.size
        aged = 4 if size.days < 365 else 20 if size.people > 2_000 else 12
        for number, name in enumerate(f"asset.{short}" for short in RESOURCES[:aged]):
            for key, versions in self.records(name).items():
                def judge(version, at):
                    if not self.is_covered(name, at):
                        return "none"
                    return "pass" if at - version["rotated_at"] < 730 * DAY else "bad"
                cuts = self.edges_of(name) + [version["rotated_at"] + 730 * DAY for version in versions]
                for row in self.walk(versions, cuts, judge, DAY):
                    yield 9 + number, key, *row

    def employed(self):
        found = {}
        for row in self.known("hr.employment"):
            if row["ended_at"] == ABSENT:
                found.setdefault(row["person_id"], []).append((row["v0"], row["v1"]))
        return found

    def recon(self):
        employed = self.employed()
        for key, versions in self.records("idp.account").items():
            cuts = self.edges_of("idp.account") + self.edges_of("hr.employment")
            for version in versions:
                cuts += [edge for stretch in employed.get(version["owner_id"], []) for edge in stretch]

            def judge(version, at):
                if not version["enabled"]:
                    return "n/a"
                if not self.is_covered("idp.account", at) or not self.is_covered("hr.employment", at):
                    return "none"
                return "pass" if any(a <= at < b for a, b in employed.get(version["owner_id"], [])) else "bad"

            for row in self.walk(versions, cuts, judge, DAY):
                yield 6, key, *row

    def rescan(self):
        for number, name in enumerate(f"asset.{short}" for short in RESOURCES):
            for day in range(self.evidence.size.days):
                at = self.evidence.midnight(day)
                covered = self.is_covered(name, at)
                for row in self.known(name):
                    if row["v0"] <= at < row["v1"]:
                        verdict = "none" if not covered else "pass" if row["encrypted"] else "fail"
                        yield 9 + number, row["key"], at, at + 1, verdict

    # Events

    def events(self, name):
        return [row for row in self.known(name) if self.p0 <= row["v0"] < self.p1]

    def sod(self):
        for row in self.events("deploy.run"):
            good = row["approver"] not in (ABSENT, row["author"])
            covered = self.is_covered("deploy.run", row["v0"])
            yield 1, row["key"], row["v0"], row["v0"] + 1, "none" if not covered else "pass" if good else "fail"

    def access(self):
        employed = self.employed()
        for row in self.events("phi.access"):
            at = row["v0"]
            if not self.is_covered("phi.access", at) or not self.is_covered("hr.employment", at):
                verdict = "none"
            else:
                verdict = "pass" if any(a <= at < b for a, b in employed.get(row["user"], [])) else "fail"
            yield 0, row["key"], at, at + 1, verdict

    # Obligations

    def cadence(self):
        done = {}
        for row in self.known("backup.job"):
            if row["succeeded"]:
                done.setdefault(row["store"], []).append(row["v0"])
        for store, versions in self.records("cloud.store").items():
            used, times = set(), sorted(done.get(store, []))
            for day in range(-2, self.evidence.size.days):
                w0, w1 = self.evidence.midnight(day), self.evidence.midnight(day + 1)
                # The versions of a store leave no hole.
                if not versions[0]["v0"] <= w0 or not w1 <= versions[-1]["v1"]:
                    continue
                first = next((i for i, at in enumerate(times) if w0 <= at < w1 + 6 * HOUR and i not in used), None)
                if first is not None:
                    used.add(first)
                if day < 0:
                    continue
                if first is not None:
                    verdict = "pass"
                elif w1 + 6 * HOUR > self.p1:
                    verdict = "pending"
                else:
                    verdict = "fail" if self.covers("backup.job", w0, w1 + 6 * HOUR) else "none"
                yield 8, store, w0, w1, verdict

    def response(self):
        repairs = {}
        for row in self.known("vuln.fixed"):
            if row["verified"]:
                repairs.setdefault(row["finding"], []).append(row["v0"])
        for row in self.known("vuln.found"):
            at, due, skew = row["v0"], row["v0"] + 30 * DAY, 120 * SECOND
            answers = [answer for answer in repairs.get(row["finding"], []) if answer >= at - skew]
            answered = min(answers, default=None)
            if due < self.p0 or at >= self.p1:
                continue
            if due >= self.p1:
                verdict = "pending"
            elif answered is not None and answered <= due + skew:
                verdict = "pass"
            elif due + skew >= self.p1:
                verdict = "pending"
            elif not self.covers("vuln.fixed", at, due + 1):
                verdict = "none"
            else:
                verdict = "missed" if answered is None else "late"
            yield 4, row["key"], at, due, verdict

    def ratio(self):
        spacing = self.evidence.size.interval * SECOND
        probes = {}
        for row in self.events("uptime.probe"):
            probes.setdefault(row["service"], []).append((row["v0"], row["up"]))
        for w0, w1 in self.evidence.months:
            gaps = [(max(a, w0), min(b, w1)) for a, b in self.gaps("uptime.probe") if max(a, w0) < min(b, w1)]
            for service, own in probes.items():
                if own[0][0] >= w1:
                    continue
                inside = [(at, up) for at, up in own[bisect.bisect(own, (w0,)):bisect.bisect(own, (w1,))]]
                watched = [up for at, up in inside if not any(a <= at < b for a, b in gaps)]
                known = [sum(a <= at < b for at, _ in inside) for a, b in gaps]
                unknown = sum(max(-((a - b) // spacing), seen) for (a, b), seen in zip(gaps, known))
                good, count = sum(watched), len(watched)
                if count + unknown == 0:
                    verdict = "n/a"
                elif good * 1_000_000 >= 999_000 * (count + unknown):
                    verdict = "pass"
                elif (good + unknown) * 1_000_000 < 999_000 * (count + unknown):
                    verdict = "fail"
                else:
                    verdict = "none"
                yield -1, service, w0, w1, verdict

    def gaps(self, name):
        ends = [EARLIEST] + [edge for interval in self.evidence.coverage(name) for edge in interval] + [OPEN]
        return [(a, b) for a, b in zip(ends[::2], ends[1::2]) if a < b]


def roll_up(shape, rows):
    """Units and lengths of time of each verdict."""
    units, spans, keys = {}, {}, {}
    for kind, key, start, end, verdict in rows:
        if shape == "unit":
            units[verdict] = units.get(verdict, 0) + 1
        else:
            keys.setdefault((kind, key), set()).add(verdict)
            if verdict != "n/a":
                spans[verdict] = spans.get(verdict, 0) + end - start
    for found in keys.values():
        verdict = "fail" if "fail" in found else "pass" if found & {"pass", "tolerated"} else "none" if "none" in found else "n/a"
        units[verdict] = units.get(verdict, 0) + 1
    return dict(sorted(units.items())), dict(sorted(spans.items()))


def main(words):
    reference = Reference(Evidence(SIZES[words[0]]))
    names = {number: (kind.keys(0).rstrip("0"), len(kind.keys(0)) - len(kind.keys(0).rstrip("0"))) for number, kind in enumerate(KINDS)}
    for name, shape in QUERIES.items():
        rows = list(getattr(reference, name)())
        units, spans = roll_up(shape, rows)
        print(json.dumps({"query": name, "units": units, "spans": spans, "digest": digest(name, rows, names)}), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
