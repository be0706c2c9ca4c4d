# Recomputes release-tree.json from docs/spec/release-trees.md with nothing but Python's standard library.
# Usage: python3 release_tree.py release-tree.json
import hashlib
import json
import re
import sys

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
ZERO = bytes(32)
checks = 0


def main(path):
    with open(path, encoding="utf-8") as file:
        vectors = json.load(file)
    for release in vectors["releases"]:
        check_release(release)
    for tree in vectors["trees"]:
        leaves = {unhex(leaf["key"]): unhex(leaf["commitment"]) for leaf in tree["leaves"]}
        same(hash_of(leaves), tree["root"], tree["what"])
        for proof in tree["proofs"]:
            check_proof(leaves, unhex(tree["root"]), proof, tree["what"])
    for case in vectors["refused"]:
        same(verifies(unhex(case["root"]), case), False, case["why"])
    print(f"{checks} values agree")


def check_release(release):
    register, rel = release["register"], h(release["release"].encode())
    row_tag = tag_of(b"fairshare/v1/row\0" + register.encode() + b"\0" + column_list(release["columns"]))
    released, decided = {}, {}
    for record in release["records"] + release["strangers"]:
        of_subject = rel + unhex(record["secret"]) + u(4, record["ordinal"])
        opening = h(tag("release-row", register) + of_subject)
        released_key = h(tag("released-key", register) + opening)
        decided_key = h(tag("decided-key", register) + of_subject)
        same(opening, record["opening"], "opening")
        same(released_key, record["releasedKey"], "key in R")
        same(decided_key, record["decidedKey"], "key in D")
        if "outcome" in record:
            verdict = verdict_bytes(record)
            commitment = h(tag("decided", register) + of_subject + verdict)
            same(verdict, record["verdict"], "verdict")
            same(commitment, record["decidedCommitment"], "commitment in D")
            decided[decided_key] = commitment
        if "cells" in record:
            cells = record["cells"]
            same(cells[0], ref_of(released_key), "fairshare_ref")
            same(len(cells), len(release["columns"]), "number of cells")
            commitment = h(row_tag + opening + b"".join(cell_bytes(cell) for cell in cells))
            same(commitment, record["releasedCommitment"], "commitment in R")
            released[released_key] = commitment
    for name, leaves in (("released", released), ("decided", decided)):
        same(len(leaves), release[name]["count"], name)
        same(hash_of(leaves), release[name]["root"], name)
        for proof in release["proofs"]:
            if proof["tree"] == name:
                check_proof(leaves, hash_of(leaves), proof, name)


def check_proof(leaves, root, case, what):
    key = unhex(case["key"])
    commitment = leaves.get(key)
    same(commitment.hex() if commitment else None, case["commitment"], f"{what}: what is under the key")
    same(prove(leaves, key), case["proof"], f"{what}: proof")
    same(verifies(root, case), True, f"{what}: verifying")


def tag_of(preimage):
    return h(preimage)[:16]


def tag(name, register):
    return tag_of(b"fairshare/v1/" + name.encode() + b"\0" + register.encode())


def column_list(columns):
    names = [column.encode() for column in columns]
    return u(2, len(names)) + b"".join(u(2, len(name)) + name for name in names)


def cell_bytes(cell):
    if cell is None:
        return b"\0"
    text = cell.encode()
    return b"\1" + u(4, len(text)) + text


def verdict_bytes(record):
    masks = record["masks"]
    head = u(1, record["outcome"]) + u(4, record["fields"]) + u(1, len(masks))
    return head + b"".join(u(8, mask) for mask in masks)


def ref_of(key):
    number = int.from_bytes(key[:10], "big")
    return "".join(ALPHABET[number >> shift & 31] for shift in range(75, -1, -5))


def hash_of(leaves, depth=0):
    if not leaves:
        return ZERO
    if len(leaves) == 1:
        ((key, commitment),) = leaves.items()
        return h(b"\2" + key + commitment)
    left, right = split(leaves, depth)
    return h(b"\3" + hash_of(left, depth + 1) + hash_of(right, depth + 1))


def split(leaves, depth):
    sides = ({}, {})
    for key, commitment in leaves.items():
        sides[bit(key, depth)][key] = commitment
    return sides


def prove(leaves, key):
    copath = []
    while len(leaves) > 1:
        sides = split(leaves, len(copath))
        here = bit(key, len(copath))
        copath.append(hash_of(sides[1 - here], len(copath) + 1).hex())
        leaves = sides[here]
    proof = {"depth": len(copath), "copath": copath[::-1]}
    if not leaves:
        return {"result": "non-inclusion-parent", **proof}
    ((last, commitment),) = leaves.items()
    if last == key:
        return {"result": "inclusion", **proof}
    return {"result": "non-inclusion-leaf", **proof, "leaf": {"key": last.hex(), "commitment": commitment.hex()}}


def verifies(root, case):
    key, proof = unhex(case["key"]), case["proof"]
    commitment = None if case["commitment"] is None else unhex(case["commitment"])
    result, depth, copath = proof.get("result"), proof.get("depth"), proof.get("copath")
    members = {"result", "depth", "copath"} | ({"leaf"} if result == "non-inclusion-leaf" else set())
    if set(proof) != members or type(depth) is not int or type(copath) is not list:
        return False
    if result not in (("non-inclusion-leaf", "non-inclusion-parent") if commitment is None else ("inclusion",)):
        return False
    if not 0 <= depth <= 256 or len(copath) != depth or not all(is_hash(hash) for hash in copath):
        return False
    siblings = [unhex(hash) for hash in copath]
    if depth > 0 and siblings[0] == ZERO:
        return False
    value = ZERO
    if result == "inclusion":
        value = h(b"\2" + key + commitment)
    if result == "non-inclusion-leaf":
        leaf = proof["leaf"]
        if set(leaf) != {"key", "commitment"} or not all(is_hash(part) for part in leaf.values()):
            return False
        other = unhex(leaf["key"])
        if other == key or any(bit(other, i) != bit(key, i) for i in range(depth)):
            return False
        value = h(b"\2" + other + unhex(leaf["commitment"]))
    for i, sibling in zip(range(depth - 1, -1, -1), siblings):
        value = h(b"\3" + (sibling + value if bit(key, i) else value + sibling))
    return value == root


def bit(key, index):
    return key[index // 8] >> (7 - index % 8) & 1


def is_hash(text):
    return type(text) is str and re.fullmatch("[0-9a-f]{64}", text) is not None


def u(size, number):
    return number.to_bytes(size, "big")


def h(data):
    return hashlib.sha256(data).digest()


def unhex(text):
    return bytes.fromhex(text)


def same(made, expected, what):
    global checks
    checks += 1
    made = made.hex() if isinstance(made, bytes) else made
    if made != expected:
        sys.exit(f"{what}: made {made}, the vectors say {expected}")


main(sys.argv[1])
