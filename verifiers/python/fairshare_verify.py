#!/usr/bin/env python3
"""A second verifier for Fairshare, written from docs/spec alone with Python's standard library.

It checks a person's receipt, a claim, a delivered release or removal, a recipient's receipt, a checkpoint, a copy of a log and
the file of a tree, without the register and without a network. It shares no line with the first one, so that an error of the
one does not hide in the other. Sections follow the pages of docs/spec:

    register-log.md     notes, keys, checkpoints, RFC 6962, proofs, entries, commitments, a copy of a log
    release-trees.md    prefix trees, keys and commitments of R and D, the file of a tree
    person-receipt.md   a person's receipt
    claims.md           a claim
    release-format.md   a delivery, a removal, a recipient's receipt
    destruction-certificate.md   a certificate of destruction

Usage: python3 fairshare_verify.py FILE --key NAME+ID+KEY
"""

import argparse
import base64
import binascii
import hashlib
import json
import os
import re
import sys
from contextlib import contextmanager
from datetime import datetime, timedelta


class Refused(Exception):
    """The one way in which anything is refused: where, and what was found there."""

    def __init__(self, place, found):
        super().__init__(f"{place}: {found}" if place else found)
        self.place, self.found = place, found


def refuse_unless(holds, place, found):
    if not holds:
        raise Refused(place, found)


# --- bytes ------------------------------------------------------------------------------------------------------------

WHOLE_MAX = 2**53 - 1
NO_HASH = bytes(32)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def unsigned(size, number):
    return number.to_bytes(size, "big")


def from_base64(text, place):
    """RFC 4648 §4 with padding and without stray bits: one value has one text."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(place, "is not Base64") from None
    refuse_unless(base64.b64encode(data).decode() == text, place, "is not Base64")
    return data


def decode_utf8(data, place):
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refused(join(place, f"byte {error.start}"), "is not UTF-8") from None


def decimal(text, place):
    """A whole number from 0, without sign and leading zeros."""
    refuse_unless(re.fullmatch("0|[1-9][0-9]{0,15}", text) and int(text) <= WHOLE_MAX, place, "is no number")
    return int(text)


# --- Ed25519 (RFC 8032 §5.1) --------------------------------------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT_OF_MINUS_ONE = pow(2, (P - 1) // 4, P)


def verify_ed25519(public_key, message, signature):
    """Strict where RFC 8032 leaves a choice: S is below L; A and R are points in their one canonical encoding.

    The equation checked is [S]B = R + [k]A, without the cofactor 8: what this accepts, the equation with the cofactor accepts
    too. For a key whose point has a small-order part the two may differ; a register's key has none.
    """
    if len(public_key) != 32 or len(signature) != 64:
        return False
    a, r = decode_point(public_key), decode_point(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + public_key + message).digest(), "little") % L
    return same_point(multiply(s, BASE), add(r, multiply(k, a)))


def decode_point(data):
    """(X, Y, Z, T) as in RFC 8032 §5.1.4, or None: y not below p, no such point, or a zero x with a sign."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P != 0:
        x = x * ROOT_OF_MINUS_ONE % P
    if (x * x - square) % P != 0 or (x == 0 and sign == 1):
        return None
    if x & 1 != sign:
        x = P - x
    return (x, y, 1, x * y % P)


def add(p, q):
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def multiply(scalar, point):
    result = (0, 1, 1, 0)
    while scalar > 0:
        if scalar & 1:
            result = add(result, point)
        point = add(point, point)
        scalar >>= 1
    return result


def same_point(p, q):
    return (p[0] * q[2] - q[0] * p[2]) % P == 0 and (p[1] * q[2] - q[1] * p[2]) % P == 0


BASE = decode_point(unsigned(32, 4 * pow(5, P - 2, P) % P)[::-1])


# --- signed notes, keys, checkpoints (register-log.md) -----------------------------------------------------------------

SIGNATURES_MAX = 100
NOTE_BYTES_MAX = 1_000_000
# Characters with the Unicode property White_Space: none of them is in the name of a key.
SPACES = "\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
KEY_NAME = re.compile(f"[^+{SPACES}\ud800-\udfff]+")


class VerifierKey:
    def __init__(self, text):
        parts = text.split("+", 2)
        refuse_unless(len(parts) == 3, "key", "is not name+id+key")
        self.text, self.name, key_id = text, parts[0], parts[1]
        typed = from_base64(parts[2], "key")
        refuse_unless(KEY_NAME.fullmatch(self.name), "key", "has no such name")
        refuse_unless(len(typed) == 33 and typed[0] == 1, "key", "is not an Ed25519 key")
        self.public = typed[1:]
        self.id = sha256(self.name.encode(), b"\n", typed)[:4]
        refuse_unless(key_id == self.id.hex(), "key", "has another id than its name and bytes give")


def open_note(note, key, place):
    """The text that the key signed. Signatures of other keys are passed over; one of this key that fails, or a second one of
    it, refuses the note."""
    text = decode_utf8(note, place) if isinstance(note, bytes) else note
    refuse_unless(not re.search("[\x00-\x09\x0b-\x1f\ud800-\udfff]", text), place, "holds a control character")
    refuse_unless(len(text.encode()) <= NOTE_BYTES_MAX, place, "is longer than a note may be")
    cut = text.rfind("\n\n")
    refuse_unless(cut >= 0 and text.endswith("\n"), place, "is no signed note")
    signed, lines = text[: cut + 1], text[cut + 2 :].split("\n")[:-1]
    refuse_unless(1 <= len(lines) <= SIGNATURES_MAX, place, "has no signature, or too many")
    holds = False
    for number, line in enumerate(lines, 1):
        at = join(place, f"signature {number}")
        parts = line.split(" ")
        refuse_unless(len(parts) == 3 and parts[0] == "\u2014" and KEY_NAME.fullmatch(parts[1]), at, "is no signature line")
        signature = from_base64(parts[2], at)
        refuse_unless(len(signature) > 4, at, "is too short")
        if parts[1] == key.name and signature[:4] == key.id:
            refuse_unless(not holds, at, "is a second one of the same key")
            refuse_unless(verify_ed25519(key.public, signed.encode(), signature[4:]), at, "does not hold")
            holds = True
    refuse_unless(holds, place, "is not signed by the key it should be")
    return signed


class Checkpoint:
    """A tree under a signature: `opened` remembers what was verified once, since proofs bring the same note again and again."""

    opened = {}

    def __init__(self, note, key, place):
        lines = open_note(note, key, place).split("\n")
        refuse_unless(len(lines) == 4, place, "is no checkpoint")
        refuse_unless(lines[0] == key.name, place, "is of another log")
        self.note = note
        self.size = decimal(lines[1], place)
        self.root = from_base64(lines[2], place)
        refuse_unless(len(self.root) == 32, place, "has no root")

    @classmethod
    def open(cls, note, key, place):
        if (note, key.text) not in cls.opened:
            cls.opened[note, key.text] = cls(note, key, place)
        return cls.opened[note, key.text]


# --- RFC 6962 (register-log.md, The tree) ------------------------------------------------------------------------------


def leaf_hash(data):
    return sha256(b"\0", data)


def node_hash(left, right):
    return sha256(b"\1", left, right)


class GrowingTree:
    """The root over leaf hashes added one by one; holds one hash for each full subtree on the right edge."""

    def __init__(self):
        self.size, self.subtrees = 0, []

    def add(self, leaf):
        self.size += 1
        self.subtrees.append(leaf)
        size = self.size
        while size % 2 == 0:
            right, left = self.subtrees.pop(), self.subtrees.pop()
            self.subtrees.append(node_hash(left, right))
            size //= 2

    def root(self):
        if not self.subtrees:
            return sha256()
        root = self.subtrees[-1]
        for left in self.subtrees[-2::-1]:
            root = node_hash(left, root)
        return root


def root_from_inclusion(index, size, leaf, path, place):
    """RFC 9162 §2.1.3.2, which follows the paths of RFC 6962 §2.1.1. `leaf` is a leaf hash."""
    refuse_unless(0 <= index < size, place, "is of no leaf of the tree")
    at, last, hash_ = index, size - 1, leaf
    for sibling in path:
        refuse_unless(last > 0, place, "has too many hashes")
        if at % 2 == 1 or at == last:
            hash_ = node_hash(sibling, hash_)
            while at % 2 == 0 and at > 0:
                at, last = at >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, sibling)
        at, last = at >> 1, last >> 1
    refuse_unless(last == 0, place, "has too few hashes")
    return hash_


def verify_consistency(old_size, old_root, new_size, new_root, path, place):
    """RFC 9162 §2.1.4.2, which follows the proofs of RFC 6962 §2.1.2."""
    hashes = [old_root, new_root, *path]
    refuse_unless(all(len(hash_) == 32 for hash_ in hashes), place, "has a hash that is not 32 bytes")
    refuse_unless(0 < old_size <= new_size, place, "goes back, or on from nothing")
    if old_size == new_size:
        refuse_unless(path == [], place, "has hashes where none are needed")
        refuse_unless(old_root == new_root, place, "is of another tree")
        return
    whole = old_size & (old_size - 1) == 0
    path = [old_root, *path] if whole else path
    refuse_unless(path, place, "has too few hashes")
    at, last = old_size - 1, new_size - 1
    while at % 2 == 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        refuse_unless(last > 0, place, "has too many hashes")
        if at % 2 == 1 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at % 2 == 0 and at > 0:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        at, last = at >> 1, last >> 1
    refuse_unless(last == 0, place, "has too few hashes")
    refuse_unless(old == old_root and new == new_root, place, "leads to another root")


# --- proof of an entry (register-log.md) -------------------------------------------------------------------------------

HASHES_MAX = 53


def verify_entry_proof(text, entry, key, place, extra_allowed=False):
    """The index at which the signed tree has exactly these bytes, and the checkpoint. Nobody vouches for extra data."""
    head, blank, note = text.partition("\n\n")
    first, *lines = head.split("\n")
    refuse_unless(blank and first == "c2sp.org/tlog-proof@v1", place, "is no proof")
    if lines and lines[0].startswith("extra "):
        refuse_unless(extra_allowed, join(place, "extra"), "is not known")
        from_base64(lines.pop(0)[6:], place)
    refuse_unless(lines and lines[0].startswith("index "), place, "is no proof")
    index = decimal(lines[0][6:], place)
    path = [from_base64(line, place) for line in lines[1:]]
    refuse_unless(len(path) <= HASHES_MAX and all(len(hash_) == 32 for hash_ in path), place, "is no proof")
    checkpoint = Checkpoint.open(note, key, place)
    root = root_from_inclusion(index, checkpoint.size, leaf_hash(entry), path, place)
    refuse_unless(root == checkpoint.root, place, "leads to another root than was signed")
    return index, checkpoint


# --- canonical JSON and the shapes of documents ------------------------------------------------------------------------


def read_canonical(data, place=""):
    """RFC 8785 limited to texts, whole numbers below 2^53 in size, true, false, lists, and objects with ASCII names."""
    text = decode_utf8(data, place) if isinstance(data, bytes) else data
    try:
        value = json.loads(text, object_pairs_hook=without_doubles, parse_float=no_number, parse_constant=no_number)
    except (ValueError, RecursionError):
        raise Refused(place, "is not canonical JSON") from None
    refuse_unless(canonical(value, place) == text, place, "is not canonical JSON")
    return value


def canonical(value, place=""):
    check_canonical(value, place)
    try:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        text.encode()
    except (UnicodeEncodeError, RecursionError):
        raise Refused(place, "is not canonical JSON") from None
    return text


def check_canonical(value, place):
    if isinstance(value, dict):
        refuse_unless(all(name.isascii() for name in value), place, "has a name that is not ASCII")
        for part in value.values():
            check_canonical(part, place)
    elif isinstance(value, list):
        for part in value:
            check_canonical(part, place)
    elif type(value) is int:
        refuse_unless(abs(value) <= WHOLE_MAX, place, "has a number beyond 2^53")
    else:
        refuse_unless(type(value) in (str, bool), place, "is no text, number, list or object")


def without_doubles(pairs):
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name twice")
    return value


def no_number(_):
    raise ValueError("not a whole number")


def join(place, more):
    return f"{place}, at {more}" if place else more


def member(place, name):
    """Places in a document read `events[2].fields.kind`."""
    shown = re.sub("[^A-Za-z0-9_]", "?", name)[:40]
    return f"{place}.{shown}" if place else shown


@contextmanager
def within(file):
    """Names the file before the place in it: `manifest.json, at records.rows`."""
    try:
        yield
    except Refused as refused:
        raise Refused(f"{file}, at {refused.place}" if refused.place else file, refused.found) from None


def members(needed, optional=None):
    """The shape of an object with exactly these members: name -> shape."""
    shapes = {**needed, **(optional or {})}

    def check(value, place):
        refuse_unless(isinstance(value, dict), place, "is no object")
        for name in sorted(set(value) - set(shapes)):
            raise Refused(member(place, name), "is not known")
        for name, shape in shapes.items():
            if name in value:
                shape(value[name], member(place, name))
            else:
                refuse_unless(name not in needed, member(place, name), "is missing")

    return check


def list_of(shape):
    def check(value, place):
        refuse_unless(isinstance(value, list), place, "is no list")
        for number, part in enumerate(value):
            shape(part, f"{place}[{number}]")

    return check


def whole(least=0, most=WHOLE_MAX):
    return lambda value, place: refuse_unless(type(value) is int and least <= value <= most, place, "is no such number")


def one_of(*values):
    return lambda value, place: refuse_unless(type(value) is str and value in values, place, f"is not {' or '.join(values)}")


def matching(pattern, what):
    expression = re.compile(pattern)
    return lambda value, place: refuse_unless(type(value) is str and expression.fullmatch(value), place, f"is not {what}")


def text(value, place):
    refuse_unless(type(value) is str, place, "is no text")


def flag(value, place):
    refuse_unless(type(value) is bool, place, "is not true or false")


# By code point, and by no edition of Unicode: what release-format.md leaves out.
NO_ID = (
    "\x00-\x20/\\\\\x7f-\xa0\xad\u061c\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    "\ud800-\uf8ff\ufeff\ufff0-\ufffb\ufffe\uffff\U000e0000-\U0010ffff"
)
release_id = matching(f"(?!\\.{{1,2}}$)[^{NO_ID}]{{1,300}}", "the id of a release")
hash_text = matching("[0-9a-f]{64}", "32 bytes in hexadecimal")
uuid_text = matching("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "an id of a register")
register_shape = members({"id": uuid_text, "origin": text, "verifierKey": text})


# --- entries and commitments (register-log.md) -------------------------------------------------------------------------

entry_shape = members(
    {
        "enrolled": whole(),
        "events": whole(),
        "format": whole(1, 1),
        "kind": text,
        "position": whole(1),
        "recordedAt": whole(-WHOLE_MAX),
        "register": uuid_text,
    },
    {"body": hash_text, "enrolledRoot": hash_text, "eventRoot": hash_text},
)


ENTRY_BYTES_MAX = 65_535


def read_entry(data, place):
    size = len(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    refuse_unless(size <= ENTRY_BYTES_MAX, place, "is longer than an entry may be")
    entry = read_canonical(data, place)
    entry_shape(entry, place)
    refuse_unless((entry["enrolled"] > 0) == ("enrolledRoot" in entry), place, "has a root of nobody, or none of somebody")
    refuse_unless((entry["events"] > 0) == ("eventRoot" in entry), place, "has a root of nothing, or none of something")
    return entry


def tag(name, register):
    return sha256(f"fairshare/v1/{name}\0{register}".encode())[:16]


def subject_commitment(register, secret, subject):
    return sha256(tag("subject", register), secret, unsigned(4, subject))


def event_key(register, secret, position, ord_):
    return sha256(tag("event-key", register), secret, unsigned(8, position), unsigned(4, ord_))


SCOPE = ("route", "notice", "purpose", "recipient", "channel", "basis", "qualifier")


def event_bytes(subject, fields):
    stated = fields.get("statedText", "").encode()
    return b"".join(
        (
            unsigned(1, fields["kind"]),
            unsigned(4, subject),
            fields["earliest"].to_bytes(8, "big", signed=True),
            fields["latest"].to_bytes(8, "big", signed=True),
            unsigned(1, fields["grade"]),
            unsigned(4, fields["source"]),
            unsigned(1, fields["jurisdiction"]),
            *(unsigned(4, fields[name]) for name in SCOPE),
            unsigned(8, 0),  # corrected position
            unsigned(4, 0),  # corrected ord
            unsigned(4, len(stated)),
            stated,
        )
    )


def event_commitment(register, key, subject, fields):
    return sha256(tag("event", register), key, event_bytes(subject, fields))


def body_hash(register, salt, body):
    return sha256(tag("body", register), salt, sha256(body))


# --- a copy of a log (register-log.md, Files, What to check) -----------------------------------------------------------


def verify_log(folder, key, kept=()):
    """Check lines, one after the other; `kept` are notes of checkpoints that somebody held on to."""
    checkpoint = Checkpoint(read_file(folder, "checkpoint"), key, "checkpoint")
    yield "The register’s key signed the checkpoint"
    earlier = [Checkpoint(note, key, f"kept checkpoint {number}") for number, note in enumerate(kept, 1)]
    refuse_unless(all(one.size <= checkpoint.size for one in earlier), "checkpoint", "is smaller than one that was kept")
    roots, hashes = {}, b""
    tree = GrowingTree()
    previous = None
    roots[0] = tree.root()
    for index, bundle, tile in level_zero(folder, checkpoint.size):
        leaves = []
        for entry in bundle:
            at = f"entry {tree.size}"
            leaves.append(leaf_hash(entry))
            refuse_unless(leaves[-1] == tile[32 * len(leaves) - 32 : 32 * len(leaves)], at, f"tile/entries/{index} and tile/0/{index} differ")
            previous = check_sequence(read_entry(entry, at), previous, tree.size, at)
            tree.add(leaves[-1])
            roots[tree.size] = tree.root() if any(one.size == tree.size for one in earlier) else None
        if len(leaves) == 256:
            hashes += root_of_tile(leaves)
    refuse_unless(tree.root() == checkpoint.root, "checkpoint", "its entries lead to another root")
    check_upper_tiles(folder, hashes)
    yield "Every entry and tile leads to the root that the register signed"
    yield "Every entry is of one register, at its place, and later than the one before"
    for one in earlier:
        refuse_unless(roots[one.size] == one.root, "checkpoint", f"does not go on from the one of size {one.size} that was kept")
        yield f"The log goes on from the checkpoint of size {one.size} that was kept"


def check_sequence(entry, previous, index, at):
    refuse_unless(entry["position"] == index + 1, join(at, "position"), "is not its place in the log")
    if previous is not None:
        refuse_unless(entry["register"] == previous["register"], join(at, "register"), "is another than that of the entry before")
        refuse_unless(entry["recordedAt"] > previous["recordedAt"], join(at, "recordedAt"), "is not later than the entry before")
    return entry


def level_zero(folder, size):
    for number in range((size + 255) // 256):
        width = min(256, size - 256 * number)
        index = tile_index(number)
        bundle = read_tile(folder, f"tile/entries/{index}", width)
        entries = list(split_bundle(bundle, width, f"tile/entries/{index}"))
        yield index, entries, read_hashes(folder, f"tile/0/{index}", width)


def check_upper_tiles(folder, hashes):
    level = 1
    while hashes:
        above = b""
        for start in range(0, len(hashes), 256 * 32):
            expected = hashes[start : start + 256 * 32]
            path = f"tile/{level}/{tile_index(start // (256 * 32))}"
            found = read_hashes(folder, path, len(expected) // 32)
            for number in range(len(expected) // 32):
                same = found[32 * number : 32 * number + 32] == expected[32 * number : 32 * number + 32]
                refuse_unless(same, path, f"hash {number} is not that of the tile below")
            if len(expected) == 256 * 32:
                above += root_of_tile([expected[i : i + 32] for i in range(0, len(expected), 32)])
        hashes, level = above, level + 1


def root_of_tile(hashes):
    while len(hashes) > 1:
        hashes = [node_hash(hashes[i], hashes[i + 1]) for i in range(0, len(hashes), 2)]
    return hashes[0]


def tile_index(number):
    groups = [f"{number % 1000:03d}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03d}")
    return "/".join(groups)


def read_tile(folder, path, width):
    """A partial file may be gone when the full one, which begins with the same bytes, is there."""
    if width < 256 and os.path.exists(os.path.join(folder, f"{path}.p", str(width))):
        return read_file(folder, f"{path}.p/{width}")
    return read_file(folder, path if width == 256 or os.path.exists(os.path.join(folder, path)) else f"{path}.p/{width}")


def read_hashes(folder, path, width):
    hashes = read_tile(folder, path, width)
    refuse_unless(len(hashes) in (32 * width, 32 * 256), path, f"has not {width} hashes")
    return hashes[: 32 * width]


def split_bundle(bundle, width, path):
    """`width` entries; a full file read for a partial one has more, in the same form."""
    at, count = 0, 0
    while at < len(bundle):
        length = int.from_bytes(bundle[at : at + 2], "big")
        refuse_unless(at + 2 + length <= len(bundle), path, f"ends within entry {count}")
        if count < width:
            yield bundle[at + 2 : at + 2 + length]
        at, count = at + 2 + length, count + 1
    refuse_unless(count in (width, 256), path, f"has {count} entries, not {width}")


def read_file(folder, path):
    try:
        with open(os.path.join(folder, *path.split("/")), "rb") as file:
            return file.read()
    except (FileNotFoundError, NotADirectoryError):
        raise Refused(path, "is not there") from None
    except OSError:
        raise Refused(path, "cannot be read") from None


# --- prefix trees (release-trees.md) -----------------------------------------------------------------------------------


def bit(key, index):
    return key[index // 8] >> (7 - index % 8) & 1


def prefix_root(leaves, depth=0):
    """T of the page over {key: commitment}."""
    if not leaves:
        return NO_HASH
    if len(leaves) == 1:
        ((key, commitment),) = leaves.items()
        return sha256(b"\2", key, commitment)
    sides = ({}, {})
    for key, commitment in leaves.items():
        sides[bit(key, depth)][key] = commitment
    return sha256(b"\3", prefix_root(sides[0], depth + 1), prefix_root(sides[1], depth + 1))


RESULTS = ("inclusion", "non-inclusion-leaf", "non-inclusion-parent")
prefix_leaf_shape = members({"key": hash_text, "commitment": hash_text})


def prefix_proof_shape(value, place):
    """Form only: whether it proves anything is for verify_prefix_proof."""
    shapes = {"result": one_of(*RESULTS), "depth": whole(0, 256), "copath": list_of(hash_text)}
    leaf = {"leaf": prefix_leaf_shape}
    has_leaf = isinstance(value, dict) and value.get("result") == "non-inclusion-leaf"
    members({**shapes, **leaf} if has_leaf else shapes)(value, place)
    refuse_unless(len(value["copath"]) == value["depth"], place, "has not as many hashes as its depth")
    refuse_unless(value["depth"] == 0 or value["copath"][0] != "00" * 32, place, "ends beside an absent sibling")


def verify_prefix_proof(root, key, commitment, proof, place):
    """With a commitment: it is there. Without: the key is absent."""
    prefix_proof_shape(proof, place)
    refuse_unless((proof["result"] == "inclusion") == (commitment is not None), place, "answers another question")
    depth = proof["depth"]
    if proof["result"] == "inclusion":
        hash_ = sha256(b"\2", key, commitment)
    elif proof["result"] == "non-inclusion-leaf":
        other = bytes.fromhex(proof["leaf"]["key"])
        refuse_unless(other != key, place, "shows the key itself as that of another leaf")
        refuse_unless(all(bit(other, i) == bit(key, i) for i in range(depth)), place, "shows a leaf that is not on the path")
        hash_ = sha256(b"\2", other, bytes.fromhex(proof["leaf"]["commitment"]))
    else:
        hash_ = NO_HASH
    for i, sibling in zip(range(depth - 1, -1, -1), proof["copath"]):
        sibling = bytes.fromhex(sibling)
        hash_ = sha256(b"\3", sibling, hash_) if bit(key, i) else sha256(b"\3", hash_, sibling)
    refuse_unless(hash_ == root, place, "leads to another root")


def verify_tree_file(data):
    """The file of a tree, every value in it recomputed from its leaves."""
    at = "header"
    refuse_unless(data[:16] == b"fairshare-tree-1" and len(data) >= 64, at, "is not that of a tree")
    count, bits = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    root = data[24:56]
    refuse_unless(count < 2**31 and data[56:64] == bytes(8), at, "is not that of a tree")
    refuse_unless(bits == (0 if count < 256 else count.bit_length() - 8), at, "has another number of first bits")
    groups = 2**bits
    firsts, hashes = 64, 64 + 4 * (groups + 1)
    start = hashes + 32 * groups
    refuse_unless(len(data) == start + 64 * count, "file", "is longer or shorter than its leaves")
    leaves = [(data[i : i + 32], data[i + 32 : i + 64]) for i in range(start, len(data), 64)]
    for number in range(1, count):
        refuse_unless(leaves[number - 1][0] < leaves[number][0], f"leaf {number}", "is not after the one before")
    before = 0
    for group in range(groups + 1):
        while before < count and int.from_bytes(leaves[before][0], "big") >> (256 - bits) < group and group <= groups:
            before += 1
        said = int.from_bytes(data[firsts + 4 * group : firsts + 4 * group + 4], "big")
        refuse_unless(said == (count if group == groups else before), f"index {group}", "is another number of leaves")
    for group in range(groups):
        first, last = (int.from_bytes(data[firsts + 4 * (group + i) : firsts + 4 * (group + i) + 4], "big") for i in (0, 1))
        made = prefix_root(dict(leaves[first:last]), bits)
        refuse_unless(made == data[hashes + 32 * group : hashes + 32 * group + 32], f"hash {group}", "is not that of its leaves")
    yield f"Every one of {count:,} leaves is in its place"
    refuse_unless(prefix_root(dict(leaves)) == root, "header", "has another root than its leaves")
    yield f"The leaves lead to the root {root.hex()}"


# --- keys and commitments of releases (release-trees.md) ----------------------------------------------------------------


class ReleaseLeaves:
    def __init__(self, register, release):
        self.register, self.rel = register, sha256(release.encode())

    def of_row(self, secret, ordinal):
        return self.rel + secret + unsigned(4, ordinal)

    def opening(self, secret, ordinal):
        return sha256(tag("release-row", self.register), self.of_row(secret, ordinal))

    def released_key(self, opening):
        return sha256(tag("released-key", self.register), opening)

    def decided_key(self, secret, ordinal):
        return sha256(tag("decided-key", self.register), self.of_row(secret, ordinal))

    def decided_commitment(self, secret, ordinal, verdict):
        return sha256(tag("decided", self.register), self.of_row(secret, ordinal), verdict)


def verdict_bytes(outcome, fields, masks):
    return unsigned(1, outcome) + unsigned(4, fields) + unsigned(1, len(masks)) + b"".join(unsigned(8, mask) for mask in masks)


def row_commitment(register, columns, cells, opening):
    names = [column.encode() for column in columns]
    column_list = unsigned(2, len(names)) + b"".join(unsigned(2, len(name)) + name for name in names)
    row_tag = sha256(b"fairshare/v1/row\0", register.encode(), b"\0", column_list)[:16]
    return sha256(row_tag, opening, *(cell_bytes(cell) for cell in cells))


def cell_bytes(cell):
    return b"\0" if cell is None else b"\1" + unsigned(4, len(cell.encode())) + cell.encode()


def row_reference(key):
    number = int.from_bytes(key[:10], "big")
    return "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[number >> shift & 31] for shift in range(75, -1, -5))


# --- what an event says (person-receipt.md) -----------------------------------------------------------------------------

KINDS = (
    "presentation consent withdrawal objection restriction erasure protection identity_doubt dispute absence listing seed"
).split()
PROTECTION = 1 + KINDS.index("protection")
QUALIFIERS = {
    "consent": ("given", "refused", "given-by-parent"),
    "objection": ("marketing", "general"),
    "restriction": ("on", "lifted"),
    "erasure": ("requested", "done"),
    "protection": ("bereavement", "safety"),
    "identity_doubt": ("open", "resolved"),
    "dispute": ("open", "settled"),
    "absence": ("deceased", "gone-away", "back"),
    "listing": ("tps", "ctps", "tps-ended"),
    "seed": ("canary", "test"),
}
GRADES = ("A", "B", "C")
JURISDICTIONS = ("uk", "eu")
CHANNELS = ("post", "email", "sms", "call", "automated-call", "online-audience", "none")
OUTCOMES = ("deny", "review", "transform", "allow")
NUMBER_MAX = 2**31 - 1
number_shape = whole(0, NUMBER_MAX)

fields_shape = members(
    {
        "kind": whole(1, len(KINDS)),
        "earliest": whole(-WHOLE_MAX),
        "latest": whole(-WHOLE_MAX),
        "grade": whole(1, len(GRADES)),
        "source": number_shape,
        "jurisdiction": whole(0, len(JURISDICTIONS)),
        "route": number_shape,
        "notice": number_shape,
        "purpose": number_shape,
        "recipient": number_shape,
        "channel": whole(0, len(CHANNELS)),
        "basis": number_shape,
        "qualifier": number_shape,
    },
    {"statedText": text},
)
words_shape = members(
    {"kind": text, "earliest": text, "latest": text, "grade": text},
    {name: text for name in ("jurisdiction", "source", "route", "notice", "purpose", "recipient", "channel", "qualifier")},
)


def check_fields(fields, place):
    fields_shape(fields, place)
    qualifiers = QUALIFIERS.get(KINDS[fields["kind"] - 1], ())
    refuse_unless(fields["qualifier"] <= len(qualifiers), member(place, "qualifier"), "is none of this kind")
    refuse_unless(fields["earliest"] <= fields["latest"], member(place, "latest"), "is before the earliest")
    refuse_unless(fields.get("statedText") != "", member(place, "statedText"), "is left out when empty")


def check_words(words, fields, place):
    """Words that follow from numbers do; where there is no number there is no word."""
    kind = KINDS[fields["kind"] - 1]
    follow = {
        "kind": kind,
        "earliest": iso(fields["earliest"]),
        "latest": iso(fields["latest"]),
        "grade": GRADES[fields["grade"] - 1],
        "jurisdiction": word_of(JURISDICTIONS, fields["jurisdiction"]),
        "channel": word_of(CHANNELS, fields["channel"]),
        "qualifier": word_of(QUALIFIERS.get(kind, ()), fields["qualifier"]),
    }
    for name, word in follow.items():
        refuse_unless(words.get(name) == word, member(place, name), "is not what the number says")
    for name in ("source", "route", "notice", "purpose", "recipient"):
        refuse_unless((name in words) == (fields[name] > 0), member(place, name), "is there without a number, or missing with one")


def word_of(words, number):
    return None if number == 0 else words[number - 1]


def iso(instant):
    """ISO 8601 in UTC of microseconds since 1970, the fraction without zeros at its end."""
    moment = datetime(1970, 1, 1) + timedelta(microseconds=instant)
    fraction = f"{instant % 1_000_000:06d}".rstrip("0")
    return moment.isoformat(timespec="seconds") + (f".{fraction}" if fraction else "") + "Z"


# --- a person's receipt (person-receipt.md) -----------------------------------------------------------------------------

RECEIPT = "fairshare/person-receipt@v1"
path_shape = list_of(hash_text)
logged_shape = {"position": whole(1), "entry": text, "proof": text}
opened_event_shape = members({**logged_shape, "ord": number_shape, "path": path_shape, "fields": fields_shape, "words": words_shape})
closed_event_shape = members(
    {**logged_shape, "ord": number_shape, "path": path_shape, "commitment": hash_text, "word": one_of("stop")}
)


def event_shape(value, place):
    closed = isinstance(value, dict) and "commitment" in value
    (closed_event_shape if closed else opened_event_shape)(value, place)
    if not closed:
        check_fields(value["fields"], member(place, "fields"))


def masks_shape(value, place):
    list_of(whole())(value, place)
    refuse_unless(len(value) <= 255, place, "has more words than a verdict")


verdict_shape = members(
    {
        "outcome": whole(0, 3),
        "fields": whole(0, 2**32 - 1),
        "masks": masks_shape,
        "words": members({"outcome": one_of(*OUTCOMES), "reasons": list_of(text)}),
    }
)
row_shape = members(
    {
        "decided": members({"commitment": hash_text, "proof": prefix_proof_shape}),
        "released": members({"proof": prefix_proof_shape}, {"commitment": hash_text}),
    },
    {"verdict": verdict_shape},
)
release_words_shape = members(
    {"recipient": text, "purpose": text, "releasedAt": text},
    {"deliveredAt": text, "abandonedAt": text, "removed": one_of("amended", "recalled")},
)
release_shape = members(
    {
        "release": release_id,
        "words": release_words_shape,
        "rows": list_of(row_shape),
    },
    {"sealed": members({**logged_shape, "body": text, "salt": hash_text})},
)
receipt_shape = members(
    {
        "format": one_of(RECEIPT),
        "register": register_shape,
        "subject": whole(1, NUMBER_MAX),
        "secret": hash_text,
        "enrolment": members({**logged_shape, "index": number_shape, "path": path_shape}),
        "events": list_of(event_shape),
        "releases": list_of(release_shape),
        "issued": lambda value, place: issued_shape(value, place),
        "signature": text,
    }
)


class Evidence:
    """What every proof of one document shares: the register, its key, and the one checkpoint that all have to lead to."""

    def __init__(self, register, key):
        self.register, self.key, self.checkpoint = register, key, None

    def logged(self, part, place):
        """The entry of a batch, shown to be in the log at its position."""
        entry = read_entry(part["entry"], member(place, "entry"))
        refuse_unless(entry["register"] == self.register["id"], member(place, "entry"), "is of another register")
        refuse_unless(entry["position"] == part["position"], member(place, "position"), "is not that of the entry")
        at = member(place, "proof")
        index, checkpoint = verify_entry_proof(part["proof"], part["entry"].encode(), self.key, at, extra_allowed=True)
        refuse_unless(index == part["position"] - 1, member(place, "position"), "is not where the log has the entry")
        self.same_checkpoint(checkpoint, at)
        return entry

    def same_checkpoint(self, checkpoint, place):
        if self.checkpoint is None:
            self.checkpoint = checkpoint.note
        refuse_unless(checkpoint.note == self.checkpoint, place, "is against another checkpoint: one log may have been shown as two")


def leads_to(commitment, index, count, path, root, place):
    """From a commitment up to the root in an entry."""
    made = root_from_inclusion(index, count, leaf_hash(commitment), [bytes.fromhex(hash_) for hash_ in path], place)
    refuse_unless(made.hex() == root, place, "is not what the log holds")


def verify_receipt(data, key):
    receipt = read_canonical(data)
    receipt_shape(receipt, "")
    yield "it is a person’s receipt"
    register = receipt["register"]
    check_register(register, key, "register")
    yield "it names the register whose key is trusted"
    evidence = Evidence(register, key)
    secret, subject = bytes.fromhex(receipt["secret"]), receipt["subject"]
    check_enrolment(evidence, receipt["enrolment"], secret, subject)
    yield "the enrolment is in the log"
    for number, event in enumerate(receipt["events"]):
        opened = check_event(evidence, event, secret, subject, f"events[{number}]")
        yield f"event {number + 1} of {len(receipt['events'])} is in the log{'' if opened else ', and not opened here'}"
    for number, release in enumerate(receipt["releases"]):
        yield check_release(evidence, release, secret, f"releases[{number}]")
    yield "all proofs lead to one checkpoint"
    check_words_signature(receipt, RECEIPT, key)
    yield "the register signed the words"
    for number, event in enumerate(receipt["events"], 1):
        if "fields" in event:
            for late in say_when(event["fields"], read_entry(event["entry"], "")["recordedAt"]):
                yield Said(f"event {number}: {late}")
    enrolled_at = read_entry(receipt["enrolment"]["entry"], "")["recordedAt"]
    yield from say_joined(enrolled_at, [event["fields"] for event in receipt["events"] if "fields" in event], receipt["issued"])


def check_register(register, key, place):
    refuse_unless(register["verifierKey"] == key.text, member(place, "verifierKey"), f"is not the key you trust: {register['verifierKey']}")
    refuse_unless(register["origin"] == key.name, member(place, "origin"), "is not the name of the key")


def check_words_signature(document, format_, key):
    rest = {name: value for name, value in document.items() if name != "signature"}
    expected = f"{format_}\n{sha256(canonical(rest).encode()).hex()}\n"
    refuse_unless(open_note(document["signature"], key, "signature") == expected, "signature", "is over other words")


def check_enrolment(evidence, enrolment, secret, subject):
    entry = evidence.logged(enrolment, "enrolment")
    commitment = subject_commitment(evidence.register["id"], secret, subject)
    root = entry.get("enrolledRoot")
    leads_to(commitment, enrolment["index"], entry["enrolled"], enrolment["path"], root, "enrolment")


def check_event(evidence, event, secret, subject, place):
    """True if it is opened here."""
    entry = evidence.logged(event, place)
    register = evidence.register["id"]
    opened = "fields" in event
    if opened:
        key = event_key(register, secret, event["position"], event["ord"])
        commitment = event_commitment(register, key, subject, event["fields"])
    else:
        commitment = bytes.fromhex(event["commitment"])
    leads_to(commitment, event["ord"], entry["events"], event["path"], entry.get("eventRoot"), place)
    if opened:
        check_words(event["words"], event["fields"], member(place, "words"))
    else:
        other = entry["kind"] in KINDS and entry["kind"] != "protection"
        refuse_unless(not other, member(place, "word"), "stands for a statement of another kind")
    return opened


def check_release(evidence, release, secret, place):
    what, rows = release["release"], release["rows"]
    if "sealed" not in release:
        refuse_unless(not rows, member(place, "rows"), "are of nothing that was sealed")
        return f"release {what}: nothing of it was sealed"
    roots = check_sealed(evidence, release, member(place, "sealed"))
    leaves = ReleaseLeaves(evidence.register["id"], what)
    left = sum(
        check_row(leaves, roots, row, secret, ordinal, f"{place}.rows[{ordinal}]") for ordinal, row in enumerate(rows)
    )
    return f"release {what}: {left} of {len(rows)} rows considered are in what was released"


def check_sealed(evidence, release, place):
    sealed = release["sealed"]
    entry = evidence.logged(sealed, place)
    refuse_unless(entry["kind"] == "release.sealed", member(place, "entry"), "is of another kind")
    at, named = member(place, "body"), place[: place.rindex(".")] + ".release"
    salt = bytes.fromhex(sealed["salt"])
    return sealed_roots(evidence.register["id"], release["release"], entry, salt, sealed["body"], at, named)


def sealed_roots(register, release, entry, salt, text_, place, named):
    """The roots of D and R, from the document that the entry binds."""
    refuse_unless(entry.get("body") == body_hash(register, salt, text_.encode()).hex(), place, "is not what the log holds")
    body = read_canonical(text_, place)
    sealed_body_shape(body, place)
    refuse_unless(body["release"] == release, named, "is not the release that was sealed")
    return bytes.fromhex(body["decided"]), bytes.fromhex(body["released"])


def check_row(leaves, roots, row, secret, ordinal, place):
    """1 if the row is in R."""
    decided_root, released_root = roots
    commitment = bytes.fromhex(row["decided"]["commitment"])
    at = member(place, "decided")
    verify_prefix_proof(decided_root, leaves.decided_key(secret, ordinal), commitment, row["decided"]["proof"], at)
    released = row["released"].get("commitment")
    if "verdict" in row:
        check_verdict(leaves, row["verdict"], commitment, secret, ordinal, member(place, "verdict"))
    at = member(place, "released")
    key = leaves.released_key(leaves.opening(secret, ordinal))
    verify_prefix_proof(released_root, key, None if released is None else bytes.fromhex(released), row["released"]["proof"], at)
    stays = "verdict" in row and row["verdict"]["outcome"] < 2
    refuse_unless(released is None or not stays, at, "left although it was to stay")
    return 0 if released is None else 1


def check_verdict(leaves, verdict, commitment, secret, ordinal, place):
    said = verdict_bytes(verdict["outcome"], verdict["fields"], verdict["masks"])
    opens = leaves.decided_commitment(secret, ordinal, said) == commitment
    refuse_unless(opens, place, "does not open the commitment")
    word = OUTCOMES[verdict["outcome"]]
    refuse_unless(verdict["words"]["outcome"] == word, member(member(place, "words"), "outcome"), "is not what the number says")


# --- a claim (claims.md) --------------------------------------------------------------------------------------------------

CLAIM = "fairshare/claim@v1"
RELEASE_CLAIMS = ("released", "not-released", "withheld")


def base64_of(length=None, most=None):
    """Bytes of this length, or a list of at most so many 32-byte hashes."""

    def check(value, place):
        text(value, place)
        size = len(from_base64(value, place))
        refuse_unless(size == length if length is not None else size % 32 == 0 and size <= 32 * most, place, "has another length")

    return check


def claim_path_shape(value, place):
    shapes = {"result": one_of(*RESULTS), "depth": whole(0, 256), "copath": base64_of(most=256)}
    has_leaf = isinstance(value, dict) and value.get("result") == "non-inclusion-leaf"
    members({**shapes, "leaf": base64_of(64)} if has_leaf else shapes)(value, place)
    prefix_proof_shape(prefix_proof_of(value), place)


def prefix_proof_of(path):
    """The same in the form of release-trees.md."""
    proof = {"result": path["result"], "depth": path["depth"], "copath": [hash_.hex() for hash_ in hashes_of(path["copath"])]}
    if "leaf" in path:
        leaf = base64.b64decode(path["leaf"])
        proof["leaf"] = {"key": leaf[:32].hex(), "commitment": leaf[32:].hex()}
    return proof


def hashes_of(text_):
    data = base64.b64decode(text_)
    return [data[i : i + 32] for i in range(0, len(data), 32)]


CHECKED = re.compile("[^\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,500}")


def iso_text(value, place):
    """An instant as it stands in `issued`."""
    time = r"(\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(\.\d{1,9})?Z"
    form = re.fullmatch(time, value, re.ASCII) if type(value) is str else None
    refuse_unless(form, place, "is no instant in UTC")
    try:
        datetime.fromisoformat(form[1])
    except ValueError:
        raise Refused(place, "is no instant in UTC") from None


def checked_text(value, place):
    refuse_unless(type(value) is str and CHECKED.fullmatch(value), place, "is empty, too long, or holds a control character")


issued_shape = members({"at": iso_text}, {"checked": checked_text})
batch_shape = members({"entry": text, "path": base64_of(most=HASHES_MAX)})
commitment_and_path = members({"path": claim_path_shape}, {"commitment": base64_of(32)})
claim_row_shape = members({"released": commitment_and_path}, {"decided": commitment_and_path, "verdict": verdict_shape})
claim_event_shape = members(
    {
        "logged": batch_shape,
        "ord": number_shape,
        "path": base64_of(most=HASHES_MAX),
        "key": base64_of(32),
        "fields": lambda value, place: check_fields(value, place),
        "words": words_shape,
        "enrolledAt": whole(-WHOLE_MAX),
    },
    {"notice": members({"sha256": hash_text})},
)
claim_common = {
    "format": one_of(CLAIM),
    "claim": one_of("shown", "answered", *RELEASE_CLAIMS),
    "register": register_shape,
    "checkpoint": text,
    "subject": whole(1, NUMBER_MAX),
    "issued": issued_shape,
    "signature": text,
}
event_claim_shape = members({**claim_common, "event": claim_event_shape})
release_claim_shape = members(
    {
        **claim_common,
        "secret": base64_of(32),
        "enrolment": members({"logged": batch_shape, "index": number_shape, "path": base64_of(most=HASHES_MAX)}),
        "release": members(
            {
                "release": release_id,
                "words": release_words_shape,
                "sealed": members({"logged": batch_shape, "body": text, "salt": base64_of(32)}),
                "rows": list_of(claim_row_shape),
            }
        ),
    }
)


def claim_shape(value, place):
    about_release = isinstance(value, dict) and value.get("claim") in RELEASE_CLAIMS
    (release_claim_shape if about_release else event_claim_shape)(value, place)
    if about_release:
        check_rows_shape(value["claim"], value["release"]["rows"], "release.rows")
    else:
        refuse_unless((value["event"]["fields"]["notice"] != 0) == ("notice" in value["event"]), "event.notice", "is there without a number, or missing with one")


def check_rows_shape(claim, rows, place):
    if claim == "released":
        for number, row in enumerate(rows):
            refuse_unless(set(row) == {"released"}, f"{place}[{number}]", "speaks of more than R")
        refuse_unless(any("commitment" in row["released"] for row in rows), place, "has no row that was released")
        return
    refuse_unless(len(rows) >= (2 if claim == "withheld" else 1), place, "has too few rows")
    for number, row in enumerate(rows):
        at, last = f"{place}[{number}]", number == len(rows) - 1
        refuse_unless("commitment" not in row["released"], member(at, "released"), "was released")
        refuse_unless("decided" in row, member(at, "decided"), "is missing")
        refuse_unless(("commitment" in row["decided"]) != last, member(at, "decided"), "ends the rows too early, or does not end them")
        refuse_unless("verdict" not in row or (claim == "withheld" and not last), member(at, "verdict"), "is not known")


def verify_claim(data, key):
    claim = read_canonical(data)
    claim_shape(claim, "")
    yield "it is a claim of a known form"
    register = claim["register"]
    check_register(register, key, "register")
    yield "it names the register whose key is trusted"
    tree = Checkpoint(claim["checkpoint"], key, "checkpoint")
    yield "the register’s key signed the checkpoint"
    says = []
    for step in (verify_claimed_event if "event" in claim else verify_claimed_release)(claim, tree):
        if isinstance(step, Said):
            says.append(step)
        else:
            yield step
    check_words_signature(claim, CLAIM, key)
    yield "the register signed the words"
    # Some of it rests on the words: nothing is said before they hold.
    yield from says


def verify_claimed_event(claim, tree):
    event, register = claim["event"], claim["register"]["id"]
    entry = logged_batch(event["logged"], tree, register, "event.logged")
    commitment = event_commitment(register, base64.b64decode(event["key"]), claim["subject"], event["fields"])
    path = [hash_.hex() for hash_ in hashes_of(event["path"])]
    leads_to(commitment, event["ord"], entry["events"], path, entry.get("eventRoot"), "event")
    refuse_unless((event["fields"]["kind"] == 1) == (claim["claim"] == "shown"), "claim", "is not what the event is")
    check_words(event["words"], event["fields"], "event.words")
    refuse_unless(event["enrolledAt"] <= entry["recordedAt"], "event.enrolledAt", "is after the event was recorded")
    yield "the event is in the log"
    yield from say_when(event["fields"], entry["recordedAt"])
    yield from say_joined(event["enrolledAt"], [event["fields"]], claim["issued"])


def verify_claimed_release(claim, tree):
    register, secret, release = claim["register"]["id"], base64.b64decode(claim["secret"]), claim["release"]
    enrolment, sealed = claim["enrolment"], release["sealed"]
    enrolled = logged_batch(enrolment["logged"], tree, register, "enrolment.logged")
    commitment = subject_commitment(register, secret, claim["subject"])
    path = [hash_.hex() for hash_ in hashes_of(enrolment["path"])]
    leads_to(commitment, enrolment["index"], enrolled["enrolled"], path, enrolled.get("enrolledRoot"), "enrolment")
    yield "the enrolment is in the log"
    entry = logged_batch(sealed["logged"], tree, register, "release.sealed.logged")
    refuse_unless(entry["kind"] == "release.sealed", "release.sealed.logged.entry", "is of another kind")
    salt = base64.b64decode(sealed["salt"])
    roots = sealed_roots(register, release["release"], entry, salt, sealed["body"], "release.sealed.body", "release.release")
    yield "what was sealed is in the log"
    leaves = ReleaseLeaves(register, release["release"])
    for ordinal, row in enumerate(release["rows"]):
        check_claimed_row(leaves, roots, row, secret, ordinal, f"release.rows[{ordinal}]")
    yield f"release {release['release']}: {claim['claim']}"
    if enrolled["recordedAt"] > entry["recordedAt"]:
        yield Said("enrolled after the release: this enrolment cannot have been in it, and an earlier one of the same person can")
    elif enrolled["position"] > decided_at(release["release"]):
        yield Said("enrolled after the decision: this enrolment was not considered, and an earlier one of the same person can have been")


def decided_at(release):
    """The position of the decision stands at the end of the id of its release."""
    found = re.search("@([1-9][0-9]*)$", release)
    return int(found[1]) if found else WHOLE_MAX


def logged_batch(logged, tree, register, place):
    entry = read_entry(logged["entry"], member(place, "entry"))
    refuse_unless(entry["register"] == register, member(place, "entry"), "is of another register")
    leaf = leaf_hash(logged["entry"].encode())
    root = root_from_inclusion(entry["position"] - 1, tree.size, leaf, hashes_of(logged["path"]), member(place, "path"))
    refuse_unless(root == tree.root, member(place, "path"), "leads to another root than was signed")
    return entry


def check_claimed_row(leaves, roots, row, secret, ordinal, place):
    decided_root, released_root = roots
    opening = leaves.opening(secret, ordinal)
    for name, root, key in (
        ("decided", decided_root, leaves.decided_key(secret, ordinal)),
        ("released", released_root, leaves.released_key(opening)),
    ):
        if name in row:
            commitment = base64.b64decode(row[name]["commitment"]) if "commitment" in row[name] else None
            verify_prefix_proof(root, key, commitment, prefix_proof_of(row[name]["path"]), member(place, name))
    if "verdict" in row:
        commitment = base64.b64decode(row["decided"]["commitment"])
        check_verdict(leaves, row["verdict"], commitment, secret, ordinal, member(place, "verdict"))


# --- late evidence (claims.md, What a verifier says) --------------------------------------------------------------------

DAY = 86_400_000_000


class Said(str):
    """Not a check: what follows from what was checked, and is for whoever reads it to weigh."""


def without_date(fields):
    return fields["earliest"] <= -2208988800000000 and fields["latest"] >= 7289654399999999


def say_when(fields, recorded_at):
    if without_date(fields):
        yield Said("nobody recorded when it was")
    elif recorded_at - fields["latest"] >= DAY:
        yield Said(f"recorded {(recorded_at - fields['latest']) // DAY} days after it is said to have happened")
    elif fields["earliest"] - recorded_at >= DAY:
        yield Said(f"recorded {(fields['earliest'] - recorded_at) // DAY} days before it is said to have happened")


def say_joined(enrolled_at, all_fields, issued):
    latest = min((fields["latest"] for fields in all_fields if not without_date(fields)), default=enrolled_at)
    if enrolled_at - latest >= DAY:
        how = issued.get("checked", "nobody recorded how")
        yield Said(f"joined before this register was kept: enrolled {iso(enrolled_at)}; identity checked: {how}")


# --- a delivered release, a removal, receipts (release-format.md) -------------------------------------------------------

party_shape = members({"id": text, "name": text})
recipient_shape = members({"id": text, "name": text, "ageRecipient": text})
treatment = one_of("keep", "drop", "coarsen", "pseudonymise")
column_shape = members(
    {"name": text, "type": text, "category": text, "treatment": treatment, "neutralised": whole(), "dropped": whole()},
    {"note": text},
)
manifest_shape = members(
    {
        "format": one_of("fairshare/release@v1"),
        "release": release_id,
        "register": register_shape,
        "controller": party_shape,
        "recipient": recipient_shape,
        "onBehalfOf": list_of(party_shape),
        "role": text,
        "purpose": members({"id": text, "text": text}, {"term": text}),
        "channels": list_of(text),
        "decidedAt": text,
        "records": members(
            {
                "file": one_of("records.csv.age", "records.parquet.age", "records.xlsx.age"),
                "format": one_of("csv", "parquet", "xlsx"),
                "rows": whole(),
                "columns": list_of(column_shape),
                "sha256": hash_text,
                "sizeBytes": whole(),
            }
        ),
        "proof": members({"file": one_of("proof.bin.age"), "sha256": hash_text, "sizeBytes": whole()}),
        "roots": members({"released": hash_text, "decided": hash_text}),
        "duties": list_of(members({"duty": text, "words": text, "source": text}, {"by": text})),
        "readme": members({"file": one_of("README.txt"), "sha256": hash_text, "sizeBytes": whole()}),
    },
    {"agreement": text, "basis": text},
)
sealed_body_shape = members(
    {
        "release": release_id,
        "asOf": whole(),
        "members": whole(),
        "considered": whole(),
        "released": hash_text,
        "decided": hash_text,
        "manifestSha256": hash_text,
        "readmeSha256": hash_text,
        "recordsSha256": hash_text,
        "proofSha256": hash_text,
        "columns": list_of(members({"name": text, "treatment": treatment, "partly": flag}, {"note": text})),
        "ageRecipient": text,
        "outbox": text,
    }
)


def verify_delivery(folder, key):
    manifest_bytes = read_file(folder, "manifest.json")
    yield "The manifest is there"
    release, signed_hash = signed_lines(read_file(folder, "manifest.json.sig"), key, "manifest.json.sig", "fairshare/release@v1")
    hash_ = sha256(manifest_bytes).hex()
    refuse_unless(hash_ == signed_hash, "manifest.json", "is not the manifest that was signed")
    yield "The register’s key signed the manifest"
    with within("manifest.json"):
        manifest = read_manifest(manifest_bytes, release, key)
    yield "The manifest is of a known form"
    for part in ("records", "proof", "readme"):
        check_file(folder, manifest[part]["file"], manifest[part])
        yield f"{manifest[part]['file']} is the file the manifest names"
    with within("sealed.json"):
        entry_text, entry = check_sealed_file(read_file(folder, "sealed.json"), manifest, hash_)
    yield "The log entry is that of this release"
    with within("sealed.tlog-proof"):
        proof = decode_utf8(read_file(folder, "sealed.tlog-proof"), "")
        index, _ = verify_entry_proof(proof, entry_text.encode(), key, "")
        refuse_unless(index == entry["position"] - 1, "index", "is of another entry")
    yield "The register’s log holds the entry"


def read_manifest(data, release, key):
    manifest = read_canonical(data)
    manifest_shape(manifest, "")
    refuse_unless(manifest["release"] == release, "release", "is not the release that was signed")
    check_register(manifest["register"], key, "register")
    records = manifest["records"]
    refuse_unless(records["file"] == f"records.{records['format']}.age", "records.file", "is not of its format")
    return manifest


def signed_lines(note, key, place, format_):
    """The two lines under the format, of three that the register signs."""
    lines = open_note(note, key, place).split("\n")
    refuse_unless(len(lines) == 4 and lines[0] == format_, place, "is a note of another kind")
    return lines[1], lines[2]


def check_file(folder, name, said):
    data = read_file(folder, name)
    refuse_unless("sizeBytes" not in said or len(data) == said["sizeBytes"], name, "is shorter or longer than was signed for")
    refuse_unless(sha256(data).hex() == said["sha256"], name, "is not the file that was signed for")


def check_sealed_file(data, manifest, manifest_hash):
    sealed = read_canonical(data)
    members({"body": text, "salt": hash_text, "entry": text})(sealed, "")
    entry = read_entry(sealed["entry"], "entry")
    register = manifest["register"]["id"]
    refuse_unless(entry["register"] == register, "entry", "is of another register")
    refuse_unless(entry["kind"] == "release.sealed", "entry", "is not that of a sealed release")
    made = body_hash(register, bytes.fromhex(sealed["salt"]), sealed["body"].encode())
    refuse_unless(entry.get("body") == made.hex(), "body, salt or entry", "is not what the log entry binds")
    body = read_canonical(sealed["body"], "body")
    sealed_body_shape(body, "body")
    agree = {
        "manifestSha256": manifest_hash,
        "release": manifest["release"],
        "released": manifest["roots"]["released"],
        "decided": manifest["roots"]["decided"],
        "recordsSha256": manifest["records"]["sha256"],
        "proofSha256": manifest["proof"]["sha256"],
        "members": manifest["records"]["rows"],
        "ageRecipient": manifest["recipient"]["ageRecipient"],
        "columns": [sealed_column(column) for column in manifest["records"]["columns"] if column["name"] != "fairshare_ref"],
    }
    for name, value in agree.items():
        refuse_unless(body[name] == value, f"body.{name}", "does not fit the manifest")
    return sealed["entry"], entry


def sealed_column(column):
    kept = {name: column[name] for name in ("name", "treatment", "note") if name in column}
    return {**kept, "partly": column["dropped"] > 0}


removal_shape = members(
    {
        "format": one_of("fairshare/removal@v1"),
        "release": release_id,
        "removal": whole(1),
        "register": register_shape,
        "controller": party_shape,
        "recipient": recipient_shape,
        "count": whole(),
        "file": one_of("removals.csv.age"),
        "sha256": hash_text,
        "dueAt": text,
        "words": text,
        "readme": members({"file": one_of("README.txt"), "sha256": hash_text, "sizeBytes": whole()}),
    }
)


def verify_removal(folder, key):
    data = read_file(folder, "removal.json")
    yield "The removal is there"
    which, signed_hash = signed_lines(read_file(folder, "removal.json.sig"), key, "removal.json.sig", "fairshare/removal@v1")
    yield "The register’s key signed a removal"
    with within("removal.json"):
        refuse_unless(sha256(data).hex() == signed_hash, "", "is not the removal that was signed")
        removal = read_canonical(data)
        removal_shape(removal, "")
        check_register(removal["register"], key, "register")
        refuse_unless(which == f"{removal['release']}/{removal['removal']}", "", "is not the removal that was signed")
    yield "The removal is the one that was signed"
    check_file(folder, "README.txt", removal["readme"])
    yield "README.txt is the file the removal names"
    check_file(folder, removal["file"], {"sha256": removal["sha256"]})
    yield f"{removal['file']} is the file the removal names"


RECIPIENT_RECEIPTS = {
    "fairshare/release-receipt@v1": members(
        {
            "format": one_of("fairshare/release-receipt@v1"),
            "release": release_id,
            "manifestSha256": hash_text,
            "released": hash_text,
            "rows": whole(),
            "recordsSha256": hash_text,
            "openedAt": text,
            "checked": members({"signature": flag, "log": flag, "rows": flag}),
        }
    ),
    "fairshare/removal-receipt@v1": members(
        {
            "format": one_of("fairshare/removal-receipt@v1"),
            "release": release_id,
            "removal": whole(1),
            "manifestSha256": hash_text,
            "asked": whole(),
            "removed": whole(),
            "absent": whole(),
            "appliedAt": text,
        }
    ),
}


def verify_recipient_receipt(data, key):
    """Signed with the key of the recipient's card, which the sender has."""
    lines = open_note(data, key, "").split("\n")
    yield "The recipient’s key signed it"
    refuse_unless(len(lines) == 3 and lines[0] in RECIPIENT_RECEIPTS, "", "is not a known form of receipt")
    receipt = read_canonical(lines[1], "line 2")
    RECIPIENT_RECEIPTS[lines[0]](receipt, "")
    refuse_unless(all(receipt.get("checked", {}).values()), "checked", "says that not everything was checked")
    if "asked" in receipt:
        refuse_unless(receipt["removed"] + receipt["absent"] == receipt["asked"], "removed", "does not add up with absent to asked")
    yield f"It is a {lines[0].split('/')[1].split('@')[0].replace('-', ' ')}"


# --- docs/spec/destruction-certificate.md: a certificate of destruction --------------------------------------------------

DESTRUCTION = "fairshare/destruction@v1"
NOT_IN_A_LINE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def line_of_text(value, place):
    text(value, place)
    fits = 1 <= len(value) <= 500 and value == value.strip(" ") and not NOT_IN_A_LINE.search(value)
    refuse_unless(fits, place, "is no line of text")


def day_number(value, place):
    whole()(value, place)
    year, month, day = value // 10000, value // 100 % 100, value % 100
    try:
        datetime(year, month, day)
    except (ValueError, OverflowError):
        raise Refused(place, "is no date") from None
    refuse_unless(1900 <= year <= 2200, place, "is no date")


def backups_shape(value, place):
    if value != "none":
        members({"goneBy": day_number})(value, place)


def destroyed_shape(value, place):
    is_copy = isinstance(value, dict) and "copy" in value
    shape = {"copy": matching(r"c[1-9][0-9]{0,8}", "is no copy")} if is_copy else {"release": release_id}
    members(shape)(value, place)


MEDIUM = members(
    {
        **{name: line_of_text for name in ("medium", "place", "loaded", "tool", "verification", "destination")},
        "records": whole(),
        "method": one_of("clear", "purge", "destroy"),
    },
    {"make": line_of_text, "model": line_of_text, "serial": line_of_text},
)

DESTRUCTION_SHAPE = members(
    {
        "format": one_of(DESTRUCTION),
        "register": matching(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "is not a register id"),
        "of": destroyed_shape,
        "holder": line_of_text,
        "media": list_of(MEDIUM),
        "backups": backups_shape,
        "subProcessors": list_of(members({"name": line_of_text, "certified": flag})),
        "destroyedAt": whole(),
        "certifiedBy": members({"name": line_of_text, "title": line_of_text}),
    },
    {"recordsSha256": hash_text},
)


def verify_destruction(data, key):
    """Signed with the key of the holder's card, which the sender has."""
    lines = open_note(data, key, "").split("\n")
    yield "The holder’s key signed the certificate"
    refuse_unless(len(lines) == 3 and lines[0] == DESTRUCTION, "", "is not a known form of certificate")
    said = read_canonical(lines[1], "line 2")
    DESTRUCTION_SHAPE(said, "")
    refuse_unless(said["media"], "media", "names no medium")
    refuse_unless("copy" in said["of"] or "recordsSha256" in said, "recordsSha256", "is missing")
    if said["backups"] != "none":
        day = datetime(1970, 1, 1) + timedelta(microseconds=said["destroyedAt"])
        gone_by = said["backups"]["goneBy"]
        refuse_unless(gone_by >= day.year * 10000 + day.month * 100 + day.day, "backups.goneBy", "lies before the destruction")
    yield "It is a certificate of destruction"


# --- the command line ---------------------------------------------------------------------------------------------------


def kind_of(path):
    """What lies at a path, and what checks it: (name, function of path and key)."""
    if os.path.isdir(path):
        for name, kind in (
            ("manifest.json", ("release", verify_delivery)),
            ("removal.json", ("removal", verify_removal)),
            ("checkpoint", ("log", verify_log)),
        ):
            if os.path.exists(os.path.join(path, name)):
                return kind
        raise Refused(path, "is no delivery and no log")
    data = read_whole(path)
    if data.startswith(b"{"):
        return kind_of_document(data)
    first = data.split(b"\n")[0].decode("utf-8", "replace")
    if first in RECIPIENT_RECEIPTS:
        return "receipt", lambda _, key: verify_recipient_receipt(data, key)
    if first == DESTRUCTION:
        return "certificate of destruction", lambda _, key: verify_destruction(data, key)
    return "checkpoint", lambda _, key: verify_checkpoint(data, key)


def kind_of_document(data):
    try:
        format_ = json.loads(data).get("format")
    except (ValueError, RecursionError):
        raise Refused("", "is not JSON") from None
    if format_ == CLAIM:
        return "claim", lambda _, key: verify_claim(data, key)
    if format_ == RECEIPT:
        return "person’s receipt", lambda _, key: verify_receipt(data, key)
    raise Refused("format", "is not known")


def verify_checkpoint(data, key):
    checkpoint = Checkpoint(data, key, "")
    yield f"The register’s key signed the checkpoint of {checkpoint.size:,} entries"


def read_whole(path):
    return read_file(os.path.dirname(path) or ".", os.path.basename(path))


def key_from(argument):
    """name+id+key, or a JSON file with a verifierKey."""
    if not os.path.isfile(argument):
        return VerifierKey(argument)
    try:
        return VerifierKey(json.loads(read_whole(argument))["verifierKey"])
    except (ValueError, KeyError, TypeError):
        raise Refused(argument, "has no verifierKey") from None


def collect(steps):
    """The checks that hold, and the refusal that ended them, if any."""
    held = []
    try:
        for what in steps:
            held.append(what)
    except Refused as refused:
        return held, refused
    return held, None


def report(name, held, refused, as_json):
    if as_json:
        failure = None if refused is None else {"place": refused.place, "found": refused.found}
        checks = [what for what in held if not isinstance(what, Said)]
        says = [what for what in held if isinstance(what, Said)]
        print(json.dumps({"holds": refused is None, "checks": checks, "says": says, "failure": failure}, ensure_ascii=False))
    else:
        for what in held:
            print(f"      {what}" if isinstance(what, Said) else f"  ok  {what}")
        print(f"  no  {refused}" if refused else f"The {name} holds.")
        if not refused:
            print("This does not show that nothing left outside the register: no proof can.")
    return 0 if refused is None else 1


def main(arguments=None):
    parser = argparse.ArgumentParser(description="Check what a Fairshare register gives out, from its specification alone.")
    parser.add_argument("file", nargs="?", help="a receipt, claim, checkpoint, or the folder of a delivery, a removal or a log")
    parser.add_argument("--key", help="whose signature it must bear: name+id+key, or a JSON file with a verifierKey")
    parser.add_argument("--log", metavar="FOLDER", help="check this copy of a log")
    parser.add_argument("--kept", metavar="FILE", action="append", default=[], help="a checkpoint you kept; the log must go on from it")
    parser.add_argument("--tree", metavar="FILE", help="recompute the file of a tree; needs no key")
    parser.add_argument("--json", action="store_true", help="print one JSON document and nothing else")
    options = parser.parse_args(arguments)
    chosen = [path for path in (options.file, options.log, options.tree) if path is not None]
    if len(chosen) != 1 or (options.key is None and options.tree is None):
        parser.error("name one thing to check, and with --key whose signature it must bear")
    try:
        if options.tree is not None:
            name, steps = "tree", verify_tree_file(read_whole(options.tree))
        else:
            key = key_from(options.key)
            name, check = ("log", verify_log) if options.log else kind_of(options.file)
            kept = [read_whole(path) for path in options.kept]
            steps = verify_log(chosen[0], key, kept) if name == "log" else check(chosen[0], key)
        held, refused = collect(steps)
    except Refused as refusal:
        name, held, refused = "file", [], refusal
    return report(name, held, refused, options.json)


if __name__ == "__main__":
    sys.exit(main())
