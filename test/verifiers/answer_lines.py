"""Puts questions to the Python verifier, one JSON object a line, and prints what it answers: a test compares that with ours."""
import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "verifiers" / "python"))
sys.dont_write_bytecode = True
import fairshare_verify as verifier  # noqa: E402


def tree(leaves, proofs):
    made = {bytes.fromhex(key): bytes.fromhex(commitment) for key, commitment in leaves}
    root = verifier.prefix_root(made)
    return {"root": root.hex(), "holds": [holds(lambda proof=proof: prefix(root, proof)) for proof in proofs]}


def prefix(root, proof):
    commitment = None if proof["commitment"] is None else bytes.fromhex(proof["commitment"])
    verifier.verify_prefix_proof(root, bytes.fromhex(proof["key"]), commitment, proof["proof"], "")


def merkle(cases):
    return [holds(lambda case=case: merkle_case(case)) for case in cases]


def merkle_case(case):
    hashes = [base64.b64decode(hash_) for hash_ in case["proof"] or []]
    if "leafIdx" in case:
        leaf, root = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
        verifier.refuse_unless(all(len(hash_) == 32 for hash_ in (leaf, root, *hashes)), "", "no hash")
        index, size = (verifier.decimal(str(case[name]), "") for name in ("leafIdx", "treeSize"))
        made = verifier.root_from_inclusion(index, size, leaf, hashes, "")
        verifier.refuse_unless(made == root, "", "leads to another root")
    else:
        roots = (base64.b64decode(case["root1"]), base64.b64decode(case["root2"]))
        verifier.verify_consistency(case["size1"], roots[0], case["size2"], roots[1], hashes, "")


def holds(work):
    try:
        work()
    except verifier.Refused:
        return False
    return True


def document(kind, key, data):
    """What it finds in a document: nothing, or the place."""
    data = base64.b64decode(data)
    try:
        trusted = verifier.VerifierKey(key)
        steps = {
            "person-receipt": verifier.verify_receipt,
            "claim": verifier.verify_claim,
            "recipient-receipt": verifier.verify_recipient_receipt,
            "checkpoint": verifier.verify_checkpoint,
            "note": lambda note, by: [verifier.open_note(note, by, "")],
        }[kind](data, trusted)
    except verifier.Refused as refused:
        return {"holds": False, "place": refused.place, "found": refused.found}
    held, refused = verifier.collect(steps)
    return {"holds": refused is None, "place": refused and refused.place, "found": refused and refused.found, "checks": held}


def folder(kind, key, path):
    steps = {"release": verifier.verify_delivery, "removal": verifier.verify_removal, "log": verifier.verify_log}[kind]
    held, refused = verifier.collect(steps(path, verifier.VerifierKey(key)))
    return {"holds": refused is None, "place": refused and refused.place, "found": refused and refused.found, "checks": held}


QUESTIONS = {"tree": tree, "merkle": merkle, "document": document, "folder": folder}

for line in sys.stdin:
    question = json.loads(line)
    print(json.dumps(QUESTIONS[question.pop("ask")](**question)))
