#!/usr/bin/env python3
"""试金台账离线验证 · Offline verifier of the Assay ledger.

    python3 verify.py export.zip --key FINGERPRINT [--checkpoint held.json ...]

One file, standard library only, Python 3.8 or newer; needs neither the product nor a network. Read it before you
trust it. FINGERPRINT is the SHA-256 of the plant's public key, from a place that the server cannot change (the printed
publicity notice). A held checkpoint is one you took away earlier; it shows what was cut off or replaced since.
Exit code: 0 holds, 1 does not hold, 2 could not be checked.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import sys
import zipfile
from typing import Any, NamedTuple

FORMAT = "assay-ledger/1"
ZERO = "0" * 64

WORDS = {
    "edited": ("被改动：各栏算不出它的摘要", "was edited: its fields do not give its digest"),
    "replaced": ("被替换：下一条接的不是它", "was replaced: the entry after it continues another one"),
    "removed": ("被删除", "was removed"),
    "reordered": ("次序被改动", "was moved to another place"),
    "duplicate": ("序号重复", "has a number that was used before"),
    "payload": ("内容被改动：与当时的承诺不符", "has a changed payload: it is not what was committed to"),
    "cut": ("以后被截断：之前有人见过更长的链", "and what follows was cut off: the chain was longer before"),
    "beyond": ("不属于本链的长度", "lies beyond the chain's own length"),
    "rewritten": ("或之前的某条被改写：与检查点签过的不同", "or one before it was rewritten since it was signed"),
    "absent": ("签检查点时并不存在", "did not exist when the checkpoint was signed"),
    "key": ("不是由这把公钥签的", "was not signed by this key"),
    "signature": ("签名不对", "has a bad signature"),
    "linked": ("没有接在上一个检查点之后", "does not follow the checkpoint before it"),
    "proof": ("证明算不出检查点的根", "has a proof that does not lead to the checkpoint's root"),
    "history": ("与您手里的不是同一个", "is not the one that you hold"),
    "rolled_back": ("您手里有，这份导出里的记录却更早就结束了", "is held by you, but this export ends before it"),
    "unanswered": ("这份导出没有说明；导出时请写上这个编号", "is not answered for; export again and name it"),
    "packed": ("不是打包时的样子", "is not as it was packed"),
    "added": ("不在清单里", "is not on the package's list"),
    "missing": ("清单上有，包里没有", "is on the package's list and not in the package"),
    "unlogged": ("台账里没有记过这个包", "was never entered in the ledger"),
    "unsigned": ("没有任何签名的检查点，不能证明什么", "has no signed checkpoint: nothing is proved"),
}  # fmt: skip


class Unreadable(Exception):
    """The file is not an export."""


class Problem(NamedTuple):
    where: tuple[str, str]
    code: str

    def lines(self) -> list[str]:
        (zh, en), (zh_words, en_words) = self.where, WORDS[self.code]
        return [f"{zh}{zh_words}", f"{en} {en_words}"]


def entry_at(subject: str, seq: int, code: str) -> Problem:
    return Problem((f"{subject} 第 {seq} 条", f"{subject} entry {seq}"), code)


def checkpoint_at(number: int, code: str, subject: str = "") -> Problem:
    return Problem((f"{subject} 检查点 #{number} ".lstrip(), f"{subject} checkpoint #{number}".lstrip()), code)


# What is digested. Each text is UTF-8; the parts are joined by "|", which no part but the last holds.


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def commitment_of(salt: str, body: str) -> str:
    return sha256(f"{salt}|{body}")


def entry_digest(subject: str, seq: int, event: str, at: str, payload_digest: str, prev: str) -> str:
    return sha256(f"{subject}|{seq}|{event}|{at}|{payload_digest}|{prev}")


def checkpoint_text(c: dict[str, Any]) -> str:
    parts = (c["number"], c["at"], c["reason"], c["size"], c["root"], c["previous"], int(c["demo"]), c["key"])
    return "|".join(("checkpoint", *map(str, parts)))


def state_of(length: int, head: str) -> str:
    return sha256(f"{length}|{head}")


def leaf_of(key: str, state: str) -> str:
    """`key` is the SHA-256 of the subject: a neighbour in a proof gives no name away."""
    return hashlib.sha256(b"\x00" + f"{key}|{state}".encode()).hexdigest()


def node_of(left: str, right: str) -> str:
    return hashlib.sha256(b"\x01" + bytes.fromhex(left + right)).hexdigest()


def fold(index: int, size: int, leaf: str, path: list[str]) -> str:
    """The root of the tree (RFC 9162's shape) that has this leaf at this place."""
    if not 0 <= index < size or (size == 1) != (not path):
        raise ValueError("no such place")
    if size == 1:
        return leaf
    left = 1 << ((size - 1).bit_length() - 1)
    if index < left:
        return node_of(fold(index, left, leaf, path[:-1]), path[-1])
    return node_of(path[-1], fold(index - left, size - left, leaf, path[:-1]))


# Ed25519 verification as in RFC 8032, section 5.1, in extended coordinates.

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def _add(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[int, ...]:
    s, t = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    u, v = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = t - s, v - u, v + u, t + s
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _multiply(n: int, point: tuple[int, ...]) -> tuple[int, ...]:
    result: tuple[int, ...] = (0, 1, 1, 0)
    while n:
        if n & 1:
            result = _add(result, point)
        point = _add(point, point)
        n >>= 1
    return result


def _point(data: bytes) -> tuple[int, ...] | None:
    number = int.from_bytes(data, "little")
    y, sign = number & ((1 << 255) - 1), number >> 255
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signature_holds(public: bytes, message: bytes, signature: bytes) -> bool:
    if len(public) != 32 or len(signature) != 64 or BASE is None:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    left, right = _multiply(s, BASE), _add(r, _multiply(h, a))
    return not ((left[0] * right[2] - right[0] * left[2]) % P or (left[1] * right[2] - right[1] * left[2]) % P)


# What holds.


def check_chain(chain: dict[str, Any]) -> Problem | None:
    """The first entry of the chain that does not hold, looking only at the chain itself."""
    subject, entries, before = chain["subject"], chain["entries"], ZERO
    for place, e in enumerate(entries, 1):
        if e["seq"] != place:
            return _misplaced(subject, place, [entry["seq"] for entry in entries])
        if e["digest"] != entry_digest(subject, place, e["event"], e["at"], e["payload_digest"], e["prev"]):
            return entry_at(subject, place, "edited")
        if e["prev"] != before:
            return entry_at(subject, place - 1, "replaced") if place > 1 else entry_at(subject, 1, "edited")
        if e["payload"] != "withheld" and e["payload_digest"] != commitment_of(**e["payload"]):
            return entry_at(subject, place, "payload")
        before = e["digest"]
    if chain["length"] != len(entries):
        code = "cut" if chain["length"] > len(entries) else "beyond"
        return entry_at(subject, min(chain["length"], len(entries)) + 1, code)
    return None if chain["head"] == before else entry_at(subject, len(entries), "replaced")


def _misplaced(subject: str, place: int, numbers: list[int]) -> Problem:
    found = numbers[place - 1]
    if found in numbers[: place - 1]:
        return entry_at(subject, found, "duplicate")
    return entry_at(subject, place, "reordered" if place in numbers else "removed")


def check_checkpoint(c: dict[str, Any], fingerprints: list[str]) -> Problem | None:
    text, public = checkpoint_text(c), bytes.fromhex(c["key"])
    if c["digest"] != sha256(text):
        return checkpoint_at(c["number"], "edited")
    if hashlib.sha256(public).hexdigest() not in fingerprints:
        return checkpoint_at(c["number"], "key")
    if not signature_holds(public, text.encode("utf-8"), bytes.fromhex(c["signature"])):
        return checkpoint_at(c["number"], "signature")
    return None


def check_links(checkpoints: list[dict[str, Any]]) -> Problem | None:
    """Ascending, each naming the one before it where both are here."""
    before: dict[str, Any] = {"number": 0, "digest": ZERO}
    for c in checkpoints:
        if c["number"] <= before["number"]:
            return checkpoint_at(c["number"], "linked")
        if c["number"] == before["number"] + 1 and c["previous"] != before["digest"]:
            return checkpoint_at(c["number"], "linked")
        before = c
    return None


def check_proof(proof: dict[str, Any], checkpoint: dict[str, Any]) -> Problem | None:
    """Does the proof lead from what it says to the checkpoint's root?"""
    try:
        good = _absence(proof, checkpoint) if "left" in proof else _presence(proof, checkpoint)
    except ValueError:
        good = False
    return None if good else checkpoint_at(proof["checkpoint"], "proof", proof["subject"])


def _presence(proof: dict[str, Any], c: dict[str, Any]) -> bool:
    leaf = leaf_of(sha256(proof["subject"]), state_of(proof["length"], proof["head"]))
    return fold(proof["index"], c["size"], leaf, proof["path"]) == c["root"]


def _absence(proof: dict[str, Any], c: dict[str, Any]) -> bool:
    """Two neighbours between which the subject would have stood."""
    key, left, right = sha256(proof["subject"]), proof["left"], proof["right"]
    for side in filter(None, (left, right)):
        if fold(side["index"], c["size"], leaf_of(side["key"], side["state"]), side["path"]) != c["root"]:
            return False
    after = left["index"] + 1 if left else 0
    closed = right["index"] == after if right else after == c["size"]
    return closed and (not left or left["key"] < key) and (not right or key < right["key"])


def check_place(proof: dict[str, Any], chain: dict[str, Any]) -> Problem | None:
    """Is the chain what the checkpoint signed, as far as it reached then?"""
    subject, entries = chain["subject"], chain["entries"]
    if proof["length"] > len(entries):
        return entry_at(subject, len(entries) + 1, "cut")
    if entries[proof["length"] - 1]["digest"] != proof["head"]:
        return entry_at(subject, proof["length"], "rewritten")
    return None


class Report:
    """All that an export and the held files say, weighed. `problems` refute it, `doubts` leave it open."""

    def __init__(self, export: dict[str, Any], held: list[dict[str, Any]], fingerprints: list[str]) -> None:
        self.export, self.fingerprints = export, fingerprints
        self.problems: list[Problem] = []
        self.doubts: list[Problem] = []
        self.checkpoints = {c["number"]: c for c in export["checkpoints"]}
        self.newest = max(self.checkpoints, default=0)
        self.held = [c for file in held for c in file["checkpoints"]]
        self.proofs = [p for file in (export, *held) for p in file["proofs"]]
        self.covered: dict[str, int] = {}
        self._weigh_chains()
        self._weigh_checkpoints()
        self._weigh_proofs()
        self._weigh_silence()

    def _note(self, *found: Problem | None) -> None:
        self.problems += [p for p in found if p and p not in self.problems]

    def _weigh_chains(self) -> None:
        self.chains: dict[str, dict[str, Any]] = {}
        for chain in self.export["chains"]:
            if chain["subject"] in self.chains:
                self._note(entry_at(chain["subject"], 1, "duplicate"))
            self.chains[chain["subject"]] = chain
            self._note(check_chain(chain))

    def _weigh_checkpoints(self) -> None:
        for c in (*self.export["checkpoints"], *self.held):
            self._note(check_checkpoint(c, self.fingerprints))
        self._note(check_links(self.export["checkpoints"]))
        for c in self.held:
            if self.checkpoints.setdefault(c["number"], c)["digest"] != c["digest"]:
                self._note(checkpoint_at(c["number"], "history"))
        self._note(check_links([self.checkpoints[number] for number in sorted(self.checkpoints)]))

    def _weigh_proofs(self) -> None:
        self.answered: dict[tuple[str, int], bool] = {}
        for proof in self.proofs:
            subject, number = proof["subject"], proof["checkpoint"]
            checkpoint = self.checkpoints.get(number)
            wrong = check_proof(proof, checkpoint) if checkpoint else checkpoint_at(number, "proof", subject)
            self._note(wrong)
            if wrong or subject not in self.chains:
                continue
            self.answered[subject, number] = "left" not in proof
            if "left" not in proof:
                self._note(check_place(proof, self.chains[subject]))
                self.covered[subject] = max(self.covered.get(subject, 0), proof["length"])
        for (subject, number), present in self.answered.items():
            if not present and any(s == subject and n < number and p for (s, n), p in self.answered.items()):
                self._note(checkpoint_at(number, "absent", subject))

    def _weigh_silence(self) -> None:
        """What the export should have said and does not."""
        if not self.checkpoints:
            self.doubts.append(Problem(("这份导出", "the export"), "unsigned"))
            return
        for number in sorted({self.newest or max(self.checkpoints), *(c["number"] for c in self.held)}):
            silent = [s for s in self.chains if (s, number) not in self.answered]
            if silent and number > self.newest:
                self._note(checkpoint_at(number, "rolled_back", silent[0]))
            else:
                self.doubts += [checkpoint_at(number, "unanswered", subject) for subject in silent]

    @property
    def code(self) -> int:
        return 1 if self.problems else 2 if self.doubts else 0

    def lines(self) -> list[str]:
        heading = ("成立 · HOLDS", "不成立 · DOES NOT HOLD", "没能验证 · COULD NOT BE CHECKED")[self.code]
        found = [line for p in (self.problems + self.doubts)[:20] for line in p.lines()]
        return [heading, *found, *self._counts(), *self._uncovered()]

    def _counts(self) -> list[str]:
        entries = [e for chain in self.export["chains"] for e in chain["entries"]]
        withheld = sum(e["payload"] == "withheld" for e in entries)
        zh = f"{len(self.chains)} 条链，{len(entries)} 条记录，{withheld} 条内容未给出；检查点到 #{self.newest}"
        en = f"{len(self.chains)} chains, {len(entries)} entries, {withheld} payloads withheld; up to checkpoint"
        lines = [zh, f"{en} #{self.newest}"]
        if any(c["demo"] for c in self.checkpoints.values()):
            lines += ["检查点标明：演示", "the checkpoints are marked: demo"]
        return lines

    def _uncovered(self) -> list[str]:
        lines = []
        for subject, chain in self.chains.items():
            first, last = self.covered.get(subject, 0) + 1, len(chain["entries"])
            if first <= last and not self.problems:
                lines += [f"{subject} 第 {first} 至 {last} 条还没有进入检查点"]
                lines += [f"{subject} entries {first} to {last} are not yet in a checkpoint"]
        return lines


# Reading files. A number is the length of lower-case hex; a tuple holds alternatives.

ENTRY = {"seq": int, "event": str, "at": str, "payload_digest": 64, "prev": 64, "digest": 64,
         "payload": ("withheld", {"salt": 32, "body": "text"})}  # fmt: skip
CHECKPOINT = {"number": int, "at": str, "reason": str, "size": int, "root": 64, "previous": 64, "demo": bool,
              "key": 64, "digest": 64, "signature": 128}  # fmt: skip
NEIGHBOUR = {"key": 64, "state": 64, "index": int, "path": [64]}
PROOF = ({"checkpoint": int, "subject": str, "length": int, "head": 64, "index": int, "path": [64]},
         {"checkpoint": int, "subject": str, "left": (None, NEIGHBOUR), "right": (None, NEIGHBOUR)})  # fmt: skip
CHAIN = {"subject": str, "length": int, "head": 64, "entries": [ENTRY]}
EXPORT = {"format": (FORMAT,), "chains": [CHAIN], "checkpoints": [CHECKPOINT], "proofs": [PROOF]}


def shaped(value: Any, spec: Any) -> bool:
    """Exactly these fields, exactly these types: what is not checked could be changed."""
    if isinstance(spec, dict):
        return type(value) is dict and value.keys() == spec.keys() and all(shaped(value[k], spec[k]) for k in spec)
    if isinstance(spec, list):
        return type(value) is list and all(shaped(item, spec[0]) for item in value)
    if isinstance(spec, tuple):
        return any(shaped(value, one) for one in spec)
    if type(spec) is int:
        return type(value) is str and len(value) == spec and not set(value) - set("0123456789abcdef")
    if spec == "text":
        return type(value) is str and value == value.encode("utf-8").decode("utf-8")
    if spec is str:
        return shaped(value, "text") and "|" not in value and "\n" not in value
    if spec is int:
        return type(value) is int and 0 <= value < 2**63
    return type(value) is spec if isinstance(spec, type) else value == spec and type(value) is type(spec)


def read(path: str) -> dict[str, Any]:
    """The export in a file, zipped or not. Raises Unreadable."""
    try:
        if zipfile.is_zipfile(path):
            with open(path, "rb") as file:
                data = {name: inner for name, _at, inner in members(file.read())}[EXPORTED]
        else:
            with open(path, "rb") as file:
                data = file.read()
        export = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_float=_no, parse_constant=_no)
        if not shaped(export, EXPORT):
            raise Unreadable(path)
    except (OSError, ValueError, KeyError, RecursionError, zipfile.BadZipFile) as error:
        raise Unreadable(f"{path}: {error}")
    return export


# A package: records beside the export, listed in package.json, whose digest the ledger holds. Nothing in it is free:
# the archive is written in one way only, so that a byte changed anywhere is seen and named.

PACKAGE, EXPORTED = "package.json", "export.json"
LISTED = {"name": str, "bytes": int, "sha256": 64}
MANIFEST = {"format": ("assay-package/1",), "subject": str, "what": str, "taken_at": str, "taken_by": str,
            "files": [LISTED]}  # fmt: skip


def packed(files: list[tuple[str, bytes]]) -> bytes:
    """The archive of these files in this order: stored, without dates."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, data in files:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.create_system, info.external_attr = 3, 0o644 << 16
            archive.writestr(info, data)
    return target.getvalue()


def members(raw: bytes) -> list[tuple[str, int, bytes]]:
    """Name, place and bytes of each member, taken as they lie there. Raises BadZipFile."""
    found = []
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        for info in archive.infolist():
            at = info.header_offset
            begin = at + 30 + int.from_bytes(raw[at + 26 : at + 28], "little")
            begin += int.from_bytes(raw[at + 28 : at + 30], "little")
            stored = info.compress_type == zipfile.ZIP_STORED
            found.append((info.filename, at, raw[begin : begin + info.file_size] if stored else archive.read(info)))
    return found


def file_at(name: str, code: str, place: int = -1) -> Problem:
    where = (f" 从第 {place} 字节起", f" from byte {place} on") if place >= 0 else ("", "")
    return Problem((f"{name}{where[0]}", f"{name}{where[1]}"), code)


def check_package(path: str, export: dict[str, Any]) -> list[Problem]:
    """Of a file that is no package, nothing."""
    with open(path, "rb") as file:
        raw = file.read()
    try:
        found = members(raw) if zipfile.is_zipfile(path) else []
    except (zipfile.BadZipFile, ValueError, IndexError) as error:
        raise Unreadable(f"{path}: {error}")
    files = {name: data for name, _at, data in found}
    if not files.keys() - {EXPORTED, "verify.py"}:
        return []
    problems = [*_container(raw, found), *_listed(files)]
    if files.get(EXPORTED, b"") != _dumped(export):
        problems.append(file_at(EXPORTED, "packed"))
    if not problems and not _entered(files[PACKAGE], export):
        problems.append(file_at(PACKAGE, "unlogged"))
    return problems


def _container(raw: bytes, found: list[tuple[str, int, bytes]]) -> list[Problem]:
    """The archive written anew from what lies in it; the first byte that differs, and the member it lies in."""
    anew = packed([(name, data) for name, _at, data in found])
    if anew == raw:
        return []
    shorter = min(len(raw), len(anew))
    place = next((n for n in range(shorter) if raw[n] != anew[n]), shorter)
    within = [name for name, at, _data in found if at <= place]
    return [file_at(within[-1] if within else "zip", "packed", place)]


def _listed(files: dict[str, bytes]) -> list[Problem]:
    """Each file against the list, and no other beside them."""
    try:
        listed = json.loads(files[PACKAGE].decode("utf-8"), object_pairs_hook=_object, parse_float=_no)
    except (KeyError, ValueError):
        return [file_at(PACKAGE, "packed" if PACKAGE in files else "missing")]
    if not shaped(listed, MANIFEST) or _dumped(listed) != files[PACKAGE]:
        return [file_at(PACKAGE, "packed")]
    digests = {one["name"]: one["sha256"] for one in listed["files"]}
    problems = [file_at(name, "missing") for name in sorted(digests.keys() - files.keys())]
    problems += [file_at(name, "added") for name in sorted(files.keys() - digests.keys() - {PACKAGE, EXPORTED})]
    changed = (
        name for name in digests.keys() & files.keys() if hashlib.sha256(files[name]).hexdigest() != digests[name]
    )
    return problems + [file_at(name, "packed") for name in sorted(changed)]


def _dumped(content: dict[str, Any]) -> bytes:
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def _entered(manifest: bytes, export: dict[str, Any]) -> bool:
    """Did somebody's taking it go into the ledger, under the digest of this list?"""
    subject, digest = json.loads(manifest)["subject"], hashlib.sha256(manifest).hexdigest()
    entries = [
        e for c in export["chains"] if c["subject"] == subject for e in c["entries"] if e["payload"] != "withheld"
    ]
    return any(json.loads(e["payload"]["body"]).get("package") == digest for e in entries)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) != len(pairs):
        raise ValueError("a field is there twice")
    return dict(pairs)


def _no(text: str) -> Any:
    raise ValueError(f"no such number here: {text}")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="试金台账离线验证 · Offline verifier of the Assay ledger")
    parser.add_argument("export", help="导出的文件 · the export, .zip or .json")
    parser.add_argument("--checkpoint", action="append", default=[], help="手里的检查点 · a checkpoint held outside")
    parser.add_argument("--key", action="append", required=True, help="公钥指纹 · fingerprint of the public key")
    options = parser.parse_args(arguments)
    try:
        held = [read(path) for path in options.checkpoint]
        export = read(options.export)
        report = Report(export, held, [key.strip().lower() for key in options.key])
        report.problems += check_package(options.export, export)
    except Unreadable as error:
        sys.stdout.write(f"读不出来 · CANNOT BE READ\n{error}\n")
        return 2
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return report.code


if __name__ == "__main__":
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    sys.exit(main())
