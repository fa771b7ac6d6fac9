"""The workload of the benchmark, drawn by a second implementation: the same rows, byte for byte.

    workload.py SIZE [SEED]     prints the checksum over all rows and the rows of each kind

The order of draws is told in Benchmarks/Workload, where each kind of evidence has its file. Everything is whole numbers.
"""

import hashlib
import struct
import sys

MASK = (1 << 64) - 1
OPEN = (1 << 63) - 1
ABSENT = -(1 << 63)
SECOND = 1_000_000
HOUR = 3_600 * SECOND
DAY = 86_400 * SECOND
ACCOUNTS_EACH = 8
STRANGERS = 50
MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]


class Draws:
    """SplitMix64."""

    def __init__(self, seed, stream=None):
        self.state = seed & MASK
        if stream is not None:
            self.state = Draws(seed ^ (stream << 32)).next()

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & MASK
        mixed = self.state
        mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & MASK
        return mixed ^ (mixed >> 31)

    def below(self, bound):
        return (self.next() * bound) >> 64

    def once(self, times):
        return self.below(times) == 0


class Size:
    def __init__(self, name, people, resources, days, deployments, accesses, services, interval, stores, findings, gaps):
        self.name, self.people, self.resources, self.days = name, people, resources, days
        self.deployments, self.accesses, self.services = deployments, accesses, services
        self.interval, self.stores, self.findings, self.gaps = interval, stores, findings, gaps


SIZES = {
    size.name: size
    for size in [
        Size("XS", 20, 4, 90, 300, 1_500, 2, 3_600, 6, 150, 12),
        Size("S", 50, 25, 90, 5_000, 100_000, 1, 60, 50, 2_000, 12),
        Size("M", 2_000, 1_000, 365, 500_000, 5_000_000, 5, 60, 500, 200_000, 52),
        Size("L", 20_000, 10_000, 365, 5_000_000, 100_000_000, 50, 60, 5_000, 2_000_000, 52),
    ]
}


def numbered(prefix, digits):
    return lambda number: f"{prefix}{number:0{digits}}"


def words(*texts):
    return lambda number: texts[number]


PEOPLE = numbered("p-", 5)
SERVICES = numbered("svc-", 3)
STORES = numbered("store-", 5)
REGIONS = words("us-east", "us-west", "eu-north", "eu-west", "ap-south")
WORKERS = words("employee", "contractor")
ROLES = words("engineer", "clinician", "support", "analyst", "operations", "admin")
RESOURCES = (
    "bucket database volume queue topic function cluster container gateway balancer firewall subnet secret "
    "certificate registry repository pipeline workstation snapshot archive"
).split()


class Kind:
    """Columns are (name, type, vocabulary); types are f (flag), n (number or time) and t (text by number)."""

    def __init__(self, name, is_state, keys, columns):
        self.name, self.is_state, self.keys, self.columns = name, is_state, keys, columns


RESOURCE_COLUMNS = [
    ("encrypted", "f", None), ("public", "f", None), ("logging", "f", None), ("phi", "f", None),
    ("region", "t", REGIONS), ("owner", "t", PEOPLE), ("tag", "t", numbered("tag-", 4)),
    ("retention_days", "n", None), ("rotated_at", "n", None),
]
KINDS = [
    Kind("phi.access", False, numbered("a-", 9), [
        ("user", "t", PEOPLE), ("patient", "n", None),
        ("purpose", "t", words("treatment", "payment", "operations", "break-glass")),
        ("system", "t", numbered("ehr-", 1)), ("rows", "n", None)]),
    Kind("deploy.run", False, numbered("d-", 7), [
        ("service", "t", SERVICES), ("author", "t", PEOPLE), ("approver", "t", PEOPLE), ("checks_passed", "f", None)]),
    Kind("uptime.probe", False, numbered("u-", 8), [("service", "t", SERVICES), ("up", "f", None)]),
    Kind("backup.job", False, numbered("b-", 7), [
        ("store", "t", STORES), ("succeeded", "f", None), ("bytes", "n", None), ("off_account", "f", None)]),
    Kind("vuln.found", False, numbered("f-", 7), [
        ("finding", "t", numbered("v-", 7)), ("severity", "t", words("critical", "high", "medium", "low"))]),
    Kind("vuln.fixed", False, numbered("x-", 7), [("finding", "t", numbered("v-", 7)), ("verified", "f", None)]),
    Kind("idp.account", True, numbered("acct-", 6), [
        ("owner_id", "t", PEOPLE), ("enabled", "f", None), ("mfa", "f", None), ("admin", "f", None),
        ("type", "t", words("human", "service")), ("created_at", "n", None)]),
    Kind("hr.employment", True, numbered("p-", 5), [
        ("person_id", "t", PEOPLE), ("worker_type", "t", WORKERS), ("role", "t", ROLES),
        ("started_at", "n", None), ("ended_at", "n", None)]),
    Kind("cloud.store", True, numbered("store-", 5), [
        ("encrypted", "f", None), ("public", "f", None), ("phi", "f", None), ("region", "t", REGIONS),
        ("retention_days", "n", None)]),
] + [Kind(f"asset.{name}", True, numbered(f"{name}-", 5), RESOURCE_COLUMNS) for name in RESOURCES]
KIND = {kind.name: kind for kind in KINDS}


class Person:
    pass


class Evidence:
    """Rows are tuples: key, start, end, known, superseded, then the fields."""

    def __init__(self, size, seed=1058):
        self.size, self.seed = size, seed
        self.start, self.end = self.midnight(0), self.midnight(size.days)
        self.months, day = [], 0
        for length in MONTHS:
            if day + length > size.days:
                break
            self.months.append((self.midnight(day), self.midnight(day + length)))
            day += length
        self.gaps = self.draw_gaps()
        self.people = self.draw_people()
        self.leavers = [i for i, person in enumerate(self.people) if person.ended is not None]

    @staticmethod
    def midnight(day):
        return 1_735_707_600 * SECOND + day * DAY - (HOUR if 68 <= day <= 305 else 0)

    def draws(self, stream):
        return Draws(self.seed, stream)

    # Gaps and coverage

    def draw_gaps(self):
        draws, found = self.draws(0), [[] for _ in KINDS]
        seconds = (self.end - self.start) // SECOND - 3 * 86_400
        for index in range(self.size.gaps):
            start = self.start + draws.below(seconds) * SECOND
            found[index % len(found)].append((start, start + (3_600 + draws.below(86_400)) * SECOND))
        return {kind.name: gaps for kind, gaps in zip(KINDS, found)}

    def is_covered(self, kind, at):
        return not any(start <= at < end for start, end in self.gaps[kind])

    def coverage(self, kind):
        found, at = [], self.start - 400 * DAY
        for start, end in sorted(self.gaps[kind]):
            if start > at:
                found.append((at, min(start, self.end)))
            at = max(at, end)
        if at < self.end:
            found.append((at, self.end))
        return found

    # Knowledge

    def recorded(self, stream, facts, latest=OPEN):
        """Facts are (key, start, end, values, (column, mistake), is_kept)."""
        draws = self.draws(stream)
        for key, start, end, values, (column, mistake), is_kept in facts:
            if draws.once(100):
                known = start + DAY + draws.below(30 * DAY)
            else:
                known = start + 60 * SECOND + draws.below(HOUR)
            correction = OPEN
            if draws.once(500):
                correction = known + HOUR + draws.below(20 * DAY)
            if not is_kept:
                continue
            known = min(known, latest)
            if correction != OPEN:
                correction = min(correction, latest)
                wrong = list(values)
                wrong[column] = mistake
                yield (key, start, end, known, correction, *wrong)
                known = correction
            yield (key, start, end, known, OPEN, *values)

    def rows(self, name):
        latest = self.end
        if name == "phi.access":
            return self.recorded(16, self.accesses())
        if name == "deploy.run":
            return self.recorded(15, self.deployments())
        if name == "uptime.probe":
            return self.recorded(17, self.probes())
        if name == "backup.job":
            return self.recorded(18, self.backups())
        if name == "vuln.found":
            return self.recorded(14, self.found())
        if name == "vuln.fixed":
            return self.recorded(24, self.fixed())
        if name == "idp.account":
            return self.recorded(12, self.accounts(), latest)
        if name == "hr.employment":
            return self.recorded(11, self.employments(), latest)
        if name == "cloud.store":
            return self.recorded(13, self.stores(), latest)
        kind = RESOURCES.index(name.removeprefix("asset."))
        return self.recorded(200 + kind, self.resources(kind), latest)

    # People

    def draw_people(self):
        draws, size, found = self.draws(1), self.size, []
        for index in range(size.people):
            person = Person()
            if draws.below(10) < 8:
                person.started = self.start - (1 + draws.below(2_000)) * DAY
            else:
                person.started = self.start + draws.below(size.days) * DAY + 9 * HOUR
            person.ended = None
            if draws.once(12):
                day = (1 + draws.below(size.days)) * DAY
                end = max(person.started, self.start) + day + draws.below(28_800) * SECOND
                person.ended = end if end < self.end else None
            person.is_contractor = draws.once(10)
            person.role = draws.below(6)
            person.change = None
            if draws.once(4):
                at = self.start + draws.below(size.days * 86_400) * SECOND
                person.change = (at, draws.below(6))
            if index == 0:
                person.started, person.ended = self.start - 1_000 * DAY, None
            person.first = max(person.started, self.start - 399 * DAY)
            last = self.end if person.ended is None else person.ended
            if person.change and (person.change[0] <= person.first or person.change[0] >= last):
                person.change = None
            found.append(person)
        return found

    def is_employed(self, index, at):
        person = self.people[index]
        return person.first <= at and (person.ended is None or at < person.ended)

    def employments(self):
        for index, person in enumerate(self.people):
            role = person.role
            starts = [(person.first, role)]
            if person.change:
                role = person.change[1]
                starts.append(person.change)
            if person.ended is not None:
                starts.append((person.ended, role))
            kind = 1 if person.is_contractor else 0
            for place, (start, role) in enumerate(starts):
                ended = start if start == person.ended else ABSENT
                end = starts[place + 1][0] if place + 1 < len(starts) else OPEN
                yield index, start, end, [index, kind, role, person.started, ended], (1, 1 - kind), True

    # Accounts

    def accounts(self):
        draws = self.draws(2)
        for index, person in enumerate(self.people):
            for number in range(ACCOUNTS_EACH):
                created = person.first + draws.below(7_200) * SECOND
                owner = self.size.people + draws.below(STRANGERS) if draws.once(500) else index
                admin = 1 if draws.once(50) else 0
                kind = 1 if draws.once(20) else 0
                secured = created + (1 + draws.below(96)) * HOUR if draws.once(100) else None
                disabled = None
                if person.ended is not None and not draws.once(500):
                    is_late = draws.once(300)
                    delay = 86_400 + draws.below(432_000) if is_late else draws.below(72_000)
                    disabled = person.ended + delay * SECOND
                    disabled = disabled if disabled < self.end else None
                lacks = secured is not None
                if secured is not None and secured >= (self.end if disabled is None else disabled):
                    secured = None
                values = lambda enabled, mfa: [owner, enabled, mfa, admin, kind, created]
                versions = [(created, values(1, 0 if lacks else 1))]
                if secured is not None:
                    versions.append((secured, values(1, 1)))
                end = OPEN
                if disabled is not None:
                    versions.append((disabled, values(0, 1 if not lacks or secured is not None else 0)))
                    if disabled + 30 * DAY < self.end:
                        end = disabled + 30 * DAY
                for place, (start, row) in enumerate(versions):
                    until = versions[place + 1][0] if place + 1 < len(versions) else end
                    yield index * ACCOUNTS_EACH + number, start, until, row, (3, 1 - admin), True

    # Stores and backups

    def all_stores(self):
        draws, half = self.draws(3), self.size.days * 43_200
        for _ in range(self.size.stores):
            if draws.once(20):
                born = self.start + draws.below(half) * SECOND
            else:
                born = self.start - (10 + draws.below(290)) * DAY
            died = self.start + (half + draws.below(half)) * SECOND if draws.once(20) else OPEN
            encrypted = 0 if draws.once(500) else 1
            phi = 1 if draws.once(2) else 0
            region = draws.below(5)
            values = [encrypted, 0, phi, region, 30 + 30 * draws.below(3)]
            change = None
            if draws.once(3):
                at = self.start + draws.below(2 * half) * SECOND
                change = at if born < at < died else None
            yield born, died, values, change

    def stores(self):
        for index, (born, died, values, change) in enumerate(self.all_stores()):
            yield index, born, died if change is None else change, values, (1, 1), True
            if change is not None:
                yield index, change, died, values[:4] + [120], (1, 1), True

    def backups(self):
        draws, stores, late = self.draws(8), list(self.all_stores()), []
        for day in range(self.size.days):
            evening, rows, late = self.midnight(day) + 20 * HOUR, late, []
            for index, (born, died, _, _) in enumerate(stores):
                if not born <= evening < died:
                    continue
                fate = draws.below(1_000)
                is_late = 4 <= fate < 14
                if is_late:
                    at = self.midnight(day + 1) + (1_800 + draws.below(16_200)) * SECOND
                else:
                    at = evening + draws.below(10_800) * SECOND
                size = 1_000_000 + draws.below(1_000_000_000)
                elsewhere = 0 if draws.once(500) else 1
                if fate < 2:
                    continue
                values = [index, 0 if fate < 4 else 1, size, elsewhere]
                (late if is_late else rows).append((at, day * self.size.stores + index, values))
            rows.sort()
            for at, key, values in rows:
                yield key, at, OPEN, values, (1, 1 - values[1]), self.is_covered("backup.job", at)

    # Findings

    def findings(self):
        draws, size = self.draws(4), self.size
        share = (self.end - self.start) // size.findings
        severities = [0, 1, 1, 2, 2, 2, 2, 3, 3, 3]
        for index in range(size.findings):
            at = self.start + index * share + draws.below(share)
            severity = severities[draws.below(10)]
            fate, repaired, is_verified = draws.below(500), None, True
            if fate != 0:
                delay = 2_592_001 + draws.below(1_728_000) if fate == 1 else draws.below(2_505_600)
                repaired = at + delay * SECOND
                repaired = repaired if repaired < self.end else None
                is_verified = not draws.once(1_000)
            yield index, at, severity, repaired, is_verified

    def found(self):
        for index, at, severity, _, _ in self.findings():
            yield index, at, OPEN, [index, severity], (1, (severity + 1) % 4), True

    def fixed(self):
        repairs = [(at, key, 1 if good else 0) for key, _, _, at, good in self.findings() if at is not None]
        for at, key, verified in sorted(repairs):
            yield key, at, OPEN, [key, verified], (1, 1 - verified), True

    # Deployments, accesses, probes

    def employed(self, at, other, draws):
        for _ in range(32):
            person = draws.below(self.size.people)
            if person != other and self.is_employed(person, at):
                return person
        return 0

    def deployments(self):
        draws, size = self.draws(5), self.size
        share = (self.end - self.start) // size.deployments
        for index in range(size.deployments):
            at = self.start + index * share + draws.below(share)
            author, approver = self.employed(at, -1, draws), ABSENT
            if not draws.once(2_000):
                approver = author if draws.once(1_000) else self.employed(at, author, draws)
            service = draws.below(200)
            passed = 0 if draws.once(1_000) else 1
            yield index, at, OPEN, [service, author, approver, passed], (2, author), True

    def accesses(self):
        draws, size, sums = self.draws(6), self.size, []
        for rank in range(size.people):
            sums.append((sums[-1] if sums else 0) + (1 << 32) // (rank + 1))
        share = (self.end - self.start) // size.accesses
        for index in range(size.accesses):
            at = self.start + index * share + draws.below(share)
            user = self.user(at, sums, draws)
            patient = draws.below(size.people * 50)
            chance = draws.below(1_000)
            purpose = 0 if chance < 700 else 1 if chance < 850 else 2 if chance < 998 else 3
            system = draws.below(8)
            rows = 1 + draws.below(20)
            yield index, at, OPEN, [user, patient, purpose, system, rows], (0, (user + 1) % size.people), True

    def user(self, at, sums, draws):
        if draws.once(2_000) and self.leavers:
            leaver = self.leavers[draws.below(len(self.leavers))]
            if self.people[leaver].ended <= at:
                return leaver
        for _ in range(32):
            drawn, low, high = draws.below(sums[-1]), 0, len(sums) - 1
            while low < high:
                middle = (low + high) // 2
                if sums[middle] > drawn:
                    high = middle
                else:
                    low = middle + 1
            if self.is_employed(low, at):
                return low
        return 0

    def probes(self):
        draws, size, outages = self.draws(7), self.size, []
        for _ in range(size.services):
            own = []
            for start, end in self.months:
                if draws.once(8):
                    at = start + draws.below((end - start) // SECOND - 9_000) * SECOND
                    own.append((at, at + (1_800 + draws.below(7_200)) * SECOND))
            outages.append(own)
        interval = size.interval * SECOND
        slot = interval // size.services
        for step in range((self.end - self.start) // interval):
            for service in range(size.services):
                at = self.start + step * interval + service * slot + draws.below(slot)
                failed = draws.once(5_000) or any(start <= at < end for start, end in outages[service])
                up = 0 if failed else 1
                kept = self.is_covered("uptime.probe", at)
                yield step * size.services + service, at, OPEN, [service, up], (1, 1 - up), kept

    # Resources

    def resources(self, kind):
        draws, seconds = self.draws(100 + kind), self.size.days * 86_400
        for index in range(self.size.resources):
            if draws.once(10):
                at = self.start + draws.below(seconds) * SECOND
            else:
                days = (1 + draws.below(299)) * DAY
                at = self.start - days - draws.below(86_400) * SECOND
            end = OPEN
            if draws.once(20):
                died = max(at, self.start) + DAY + draws.below(seconds) * SECOND
                end = died if died < self.end else OPEN
            owner, region, tag = draws.below(self.size.people), draws.below(5), draws.below(3_000)
            retention = 30 + 30 * draws.below(4)
            phi = 1 if draws.once(4) else 0
            values = [1, 0, 1, phi, region, owner, tag, retention, self.rotation(at, draws)]
            broken = None
            while True:
                if broken is None:
                    wait = 3_600 + draws.below(17_280_000)
                else:
                    wait = 3_600 + draws.below(3_456_000 if draws.once(4) else 432_000)
                following = at + wait * SECOND
                is_last = following >= min(end, self.end)
                yield index, at, end if is_last else following, list(values), (0, 1 - values[0]), True
                if is_last:
                    break
                at = following
                broken = self.change(values, broken, at, draws)

    @staticmethod
    def rotation(at, draws):
        age = 56_160_000 + draws.below(6_912_000) if draws.once(250) else draws.below(8_640_000)
        return at - age * SECOND

    def change(self, values, broken, at, draws):
        """Changes the values in place; gives the column that is broken now and what it was."""
        if broken is not None:
            values[broken[0]] = broken[1]
            return None
        if draws.once(250):
            column, bad = [(0, 0), (1, 1), (2, 0), (7, 7)][draws.below(4)]
            good, values[column] = values[column], bad
            return column, good
        what = draws.below(6)
        if what == 0:
            values[5] = draws.below(self.size.people)
        elif what == 1:
            values[4] = draws.below(5)
        elif what == 2:
            values[6] = draws.below(3_000)
        elif what == 3:
            values[7] = 30 + 30 * draws.below(4)
        elif what == 4:
            values[8] = self.rotation(at, draws)
        else:
            values[3] = 1 - values[3]
        return None


def checksum(evidence):
    """The SHA-256 over all rows as Checksum.swift defines it, and the rows of each kind."""
    digest, counts = hashlib.sha256(), {}
    for kind in KINDS:
        layout = "<Iqqqq" if kind.is_state else "<Iqqq"
        layout += "".join({"f": "B", "n": "q", "t": "I"}[column[1]] for column in kind.columns)
        absent = [{"f": 2, "n": ABSENT, "t": 0xFFFFFFFF}[column[1]] for column in kind.columns]
        packer, count, parts = struct.Struct(layout), 0, []
        for row in evidence.rows(kind.name):
            head = row[:5] if kind.is_state else row[:2] + row[3:5]
            fields = [gap if value == ABSENT else value for value, gap in zip(row[5:], absent)]
            parts.append(packer.pack(*head, *fields))
            count += 1
            if len(parts) == 10_000:
                digest.update(b"".join(parts))
                parts = []
        for start, end in evidence.coverage(kind.name):
            parts.append(struct.pack("<qq", start, end))
        digest.update(b"".join(parts))
        counts[kind.name] = count
    return digest.hexdigest(), counts


def main(words):
    evidence = Evidence(SIZES[words[0]], *map(int, words[1:2]))
    total, counts = checksum(evidence)
    print(total)
    for name, count in counts.items():
        print(name, count)


if __name__ == "__main__":
    main(sys.argv[1:])
