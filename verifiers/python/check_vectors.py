#!/usr/bin/env python3
"""Compares the verifier beside this file with every vector of docs/spec/vectors: what holds has to hold, and nothing else.

Usage: python3 check_vectors.py [FOLDER]
It prints how many answers agree, or the first that does not. For another implementation it is the list of what to compare.
"""

import base64
import copy
import json
import os
import shutil
import sys
import tempfile

import fairshare_verify as verifier
from fairshare_verify import Refused, VerifierKey, collect, sha256, unsigned

agreed = 0


class Disagreement(Exception):
    pass


def main(arguments):
    default = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "docs", "spec", "vectors")
    folder = arguments[0] if arguments else default
    try:
        for name, check in CHECKS.items():
            path = os.path.join(folder, name)
            if os.path.exists(path):
                before = agreed
                check(read_json(path), folder)
                print(f"{name}: {agreed - before} answers agree")
    except Disagreement as disagreement:
        print(f"{name}: {disagreement}", file=sys.stderr)
        return 1
    print(f"{agreed} answers agree")
    return 0 if agreed > 0 else 1


def read_json(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def same(made, said, what):
    global agreed
    agreed += 1
    made = made.hex() if isinstance(made, bytes) else made
    if made != said:
        raise Disagreement(f"{what}: made {made}, the vectors say {said}")


def same_verdict(work, case, what):
    """That it holds or not, and if the vector names a place, that it is refused there, or in it, or around it."""
    refused = refusal_of(work)
    same(refused is None, case["holds"], f"{what}: {case['why']}{f' ({refused})' if refused else ''}")
    if refused is not None and case.get("place"):
        place, said = refused.place, case["place"]
        same(said if place.startswith(said) or (place and said.startswith(place)) else place, said, f"{what}: {case['why']}: place")


def refusal_of(work):
    try:
        work()
    except Refused as refused:
        return refused
    return None


def whole(steps):
    _, refused = collect(steps)
    if refused is not None:
        raise refused


# --- register-log.md ----------------------------------------------------------------------------------------------------


def check_canonical(vectors, _):
    for case in vectors["cases"]:
        same_verdict(lambda: verifier.read_canonical(base64.b64decode(case["json"])), case, "canonical JSON")


def check_register_log(vector, _):
    register, secret = vector["register"], bytes.fromhex(vector["secret"])
    subject = verifier.subject_commitment(register, secret, vector["subject"])
    same(subject, vector["subjectCommitment"], "subject")
    made = []
    for ord_, event in enumerate(vector["events"]):
        fields = {**event, "statedText": event["text"]}
        key = verifier.event_key(register, secret, vector["position"], ord_)
        made.append(verifier.event_commitment(register, key, vector["subject"], fields))
        same(made[-1], vector["eventCommitments"][ord_], "event")
    document = vector["document"]
    same(verifier.body_hash(register, bytes.fromhex(document["salt"]), document["body"].encode()), document["hash"], "body")
    entries = [entry.encode() for entry in vector["entries"]]
    same(verifier.read_entry(entries[0], "")["eventRoot"], merkle_root(map(verifier.leaf_hash, made)).hex(), "eventRoot")
    same(verifier.read_entry(entries[0], "")["enrolledRoot"], verifier.leaf_hash(subject).hex(), "enrolledRoot")
    same([verifier.leaf_hash(entry).hex() for entry in entries], vector["leafHashes"], "leaves")
    same(merkle_root(map(verifier.leaf_hash, entries)), vector["root"], "root")
    same(sha256(*(unsigned(2, len(entry)) + entry for entry in entries)), vector["bundleSha256"], "bundle")
    key = VerifierKey(vector["verifierKey"])
    same(verifier.Checkpoint(vector["checkpoint"], key, "").root, vector["root"], "checkpoint")
    same(verifier.verify_entry_proof(vector["proof"], entries[1], key, "")[0], 1, "proof")


def merkle_root(leaves):
    tree = verifier.GrowingTree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def check_commitments(vectors, _):
    register = vectors["register"]
    for one in vectors["subjects"]:
        made = verifier.subject_commitment(register, bytes.fromhex(one["secret"]), one["subject"])
        same(made, one["commitment"], f"subject {one['subject']}")
    for event in vectors["events"]:
        key = verifier.event_key(register, bytes.fromhex(event["secret"]), event["position"], event["ord"])
        made = verifier.event_commitment(register, key, event["subject"], event["fields"])
        same(made, event["commitment"], f"event {event['position']}/{event['ord']}: {event['what']}")
    for document in vectors["documents"]:
        made = verifier.body_hash(register, bytes.fromhex(document["salt"]), document["body"].encode())
        same(made, document["hash"], "document")


def check_notes(vectors, _):
    key = VerifierKey(vectors["key"])
    for case in vectors["keys"]:
        same_verdict(lambda: VerifierKey(case["key"]), case, "verifier key")
    for case in vectors["notes"]:
        same_verdict(lambda: verifier.open_note(base64.b64decode(case["note"]), key, ""), case, "note")
    for case in vectors["checkpoints"]:
        same_verdict(lambda: verifier.Checkpoint(case["note"], key, ""), case, "checkpoint")


def check_proofs(vectors, _):
    key = VerifierKey(vectors["key"])
    for case in vectors["inclusion"]:
        same_verdict(lambda: check_inclusion(case), case, "inclusion")
    for case in vectors["consistency"]:
        same_verdict(lambda: check_consistency(case), case, "consistency")
    for case in vectors["entries"]:
        same_verdict(lambda: verifier.verify_entry_proof(case["proof"], case["entry"].encode(), key, "", True), case, "proof of an entry")


def check_inclusion(case):
    path = [base64.b64decode(hash_) for hash_ in case["path"]]
    made = verifier.root_from_inclusion(case["index"], case["size"], base64.b64decode(case["leaf"]), path, "")
    verifier.refuse_unless(made == base64.b64decode(case["root"]), "", "leads to another root")


def check_consistency(case):
    older, newer = case["older"], case["newer"]
    roots = base64.b64decode(older["root"]), base64.b64decode(newer["root"])
    path = [base64.b64decode(hash_) for hash_ in case["path"]]
    verifier.verify_consistency(older["size"], roots[0], newer["size"], roots[1], path, "")


def check_log(vectors, folder):
    key, log = VerifierKey(vectors["key"]), os.path.join(folder, vectors["folder"])
    same(refusal_of(lambda: whole(verifier.verify_log(log, key))), None, "the log")
    checkpoint = verifier.Checkpoint(verifier.read_file(log, "checkpoint"), key, "checkpoint")
    same(checkpoint.size, vectors["size"], "size")
    same(base64.b64encode(checkpoint.root).decode(), vectors["root"], "root")
    for case in vectors["kept"]:
        same_verdict(lambda: whole(verifier.verify_log(log, key, [case["note"]])), case, "kept checkpoint")
    for case in vectors["copies"]:
        with changed_copy(log, case["put"]) as copied:
            same_verdict(lambda: whole(verifier.verify_log(copied, key)), case, "copy of the log")


class changed_copy:
    """A copy of a folder in which some files have another content, or are gone."""

    def __init__(self, folder, put):
        self.path = tempfile.mkdtemp(prefix="fairshare-vectors-")
        shutil.copytree(folder, self.path, dirs_exist_ok=True)
        for name, content in put.items():
            path = os.path.join(self.path, *name.split("/"))
            if content is None:
                os.remove(path)
            else:
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(base64.b64decode(content))

    def __enter__(self):
        return self.path

    def __exit__(self, *_):
        shutil.rmtree(self.path)


# --- person-receipt.md, claims.md ---------------------------------------------------------------------------------------


def check_person_receipts(vectors, _):
    check_documents(vectors, vectors["receipts"], verifier.verify_receipt, "person’s receipt")


def check_claims(vectors, _):
    check_documents(vectors, vectors["claims"], verifier.verify_claim, "claim")


def check_documents(vectors, documents, verify, what):
    """A case is one of the documents with changes made and a signature put in, as canonical JSON."""
    key = VerifierKey(vectors["key"])
    for case in vectors["cases"]:
        document = copy.deepcopy(documents[str(case["of"])])
        for change in case["changes"]:
            make_change(document, change)
        document["signature"] = case["signature"]
        data = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        same_verdict(lambda: whole(verify(data, key)), case, what)


def make_change(document, change):
    *path, last = change["at"]
    for name in path:
        document = document[name]
    if "to" in change:
        document[last] = change["to"]
    else:
        del document[last]


# --- release-format.md --------------------------------------------------------------------------------------------------


def check_deliveries(vectors, folder):
    key = VerifierKey(vectors["key"])
    for name, check in (("release", verifier.verify_delivery), ("removal", verifier.verify_removal)):
        for case in vectors[name]["cases"]:
            with changed_copy(os.path.join(folder, vectors[name]["folder"]), case["put"]) as copied:
                same_verdict(lambda: whole(check(copied, key)), case, name)
    recipient = VerifierKey(vectors["recipientKey"])
    for case in vectors["receipts"]:
        same_verdict(lambda: whole(verifier.verify_recipient_receipt(case["note"].encode(), recipient)), case, "receipt")


def check_destructions(vectors, _):
    holder = VerifierKey(vectors["key"])
    for case in vectors["cases"]:
        same_verdict(lambda: whole(verifier.verify_destruction(case["note"].encode(), holder)), case, "certificate")


# --- release-trees.md ---------------------------------------------------------------------------------------------------


def check_trees(vectors, _):
    for release in vectors["releases"]:
        check_release(release)
    for tree in vectors["trees"]:
        leaves = {bytes.fromhex(leaf["key"]): bytes.fromhex(leaf["commitment"]) for leaf in tree["leaves"]}
        same(verifier.prefix_root(leaves), tree["root"], tree["what"])
        for case in tree["proofs"]:
            check_prefix_proof(leaves, case, tree["what"])
    for case in vectors["refused"]:
        same_verdict(lambda: prefix_proof(bytes.fromhex(case["root"]), case), {**case, "holds": False}, "proof")


def check_release(release):
    register, leaves_of = release["register"], verifier.ReleaseLeaves(release["register"], release["release"])
    trees = {"released": {}, "decided": {}}
    for record in release["records"] + release["strangers"]:
        secret, ordinal = bytes.fromhex(record["secret"]), record["ordinal"]
        opening, decided_key = leaves_of.opening(secret, ordinal), leaves_of.decided_key(secret, ordinal)
        released_key = leaves_of.released_key(opening)
        same(opening, record["opening"], "opening")
        same(released_key, record["releasedKey"], "key in R")
        same(decided_key, record["decidedKey"], "key in D")
        if "outcome" in record:
            verdict = verifier.verdict_bytes(record["outcome"], record["fields"], record["masks"])
            trees["decided"][decided_key] = leaves_of.decided_commitment(secret, ordinal, verdict)
            same(verdict, record["verdict"], "verdict")
            same(trees["decided"][decided_key], record["decidedCommitment"], "commitment in D")
        if "cells" in record:
            cells = record["cells"]
            trees["released"][released_key] = verifier.row_commitment(register, release["columns"], cells, opening)
            same(cells[0], verifier.row_reference(released_key), "fairshare_ref")
            same(len(cells), len(release["columns"]), "number of cells")
            same(trees["released"][released_key], record["releasedCommitment"], "commitment in R")
    for name, leaves in trees.items():
        same(len(leaves), release[name]["count"], name)
        same(verifier.prefix_root(leaves), release[name]["root"], name)
        for case in release["proofs"]:
            if case["tree"] == name:
                check_prefix_proof(leaves, case, name)


def check_prefix_proof(leaves, case, what):
    key = bytes.fromhex(case["key"])
    commitment = leaves.get(key)
    same(commitment.hex() if commitment else None, case["commitment"], f"{what}: what is under the key")
    same(prove(leaves, key), case["proof"], f"{what}: proof")
    same(refusal_of(lambda: prefix_proof(verifier.prefix_root(leaves), case)), None, f"{what}: verifying")


def prefix_proof(root, case):
    commitment = None if case["commitment"] is None else bytes.fromhex(case["commitment"])
    verifier.verify_prefix_proof(root, bytes.fromhex(case["key"]), commitment, case["proof"], "")


def prove(leaves, key):
    """The proof that a builder of the tree makes; a verifier needs none of this."""
    copath = []
    while len(leaves) > 1:
        depth = len(copath)
        sides = ({}, {})
        for one, commitment in leaves.items():
            sides[verifier.bit(one, depth)][one] = commitment
        here = verifier.bit(key, depth)
        copath.append(verifier.prefix_root(sides[1 - here], depth + 1).hex())
        leaves = sides[here]
    proof = {"depth": len(copath), "copath": copath[::-1]}
    if not leaves:
        return {"result": "non-inclusion-parent", **proof}
    ((last, commitment),) = leaves.items()
    if last == key:
        return {"result": "inclusion", **proof}
    return {"result": "non-inclusion-leaf", **proof, "leaf": {"key": last.hex(), "commitment": commitment.hex()}}


CHECKS = {
    "canonical-json.json": check_canonical,
    "register-log.json": check_register_log,
    "commitments.json": check_commitments,
    "signed-notes.json": check_notes,
    "proofs.json": check_proofs,
    "log.json": check_log,
    "release-tree.json": check_trees,
    "person-receipts.json": check_person_receipts,
    "claims.json": check_claims,
    "destruction-certificates.json": check_destructions,
    "deliveries.json": check_deliveries,
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
