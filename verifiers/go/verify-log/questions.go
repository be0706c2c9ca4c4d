// Many small questions in one process: how test/interop asks about some thousands of proofs.
package main

import (
	"encoding/json"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

type question struct {
	Ask   string      // note, checkpoint, proof, inclusion, consistency, roots
	Keys  []string    // verifier keys
	Note  []byte      // the bytes of a note or of a proof
	Data  []byte      // an entry
	Size  int64       // of the tree, the newer one where there are two
	Root  tlog.Hash   // of that tree
	Index int64       // of the leaf
	Leaf  tlog.Hash   // its hash
	Older int64       // size of the older tree
	Old   tlog.Hash   // its root
	Path  []tlog.Hash // the proof
	Bytes [][]byte    // entries, for roots
}

type answer struct {
	Holds bool        `json:"holds"`
	Why   string      `json:"why,omitempty"`
	Names []string    `json:"names,omitempty"` // whose signatures hold
	Roots []tlog.Hash `json:"roots,omitempty"` // of the first 1, 2, 3 ... entries
}

func answerQuestions(in io.Reader, out io.Writer) error {
	questions, answers := json.NewDecoder(in), json.NewEncoder(out)
	questions.DisallowUnknownFields()
	for {
		var q question
		if err := questions.Decode(&q); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		var a answer
		err := q.answer(&a)
		a.Holds = err == nil
		if err != nil {
			a.Why = err.Error()
		}
		if err := answers.Encode(a); err != nil {
			return err
		}
	}
}

func (q *question) answer(a *answer) error {
	var verifiers []note.Verifier
	for _, key := range q.Keys {
		verifier, err := note.NewVerifier(key)
		if err != nil {
			return err
		}
		verifiers = append(verifiers, verifier)
	}
	switch q.Ask {
	case "note":
		opened, err := note.Open(q.Note, note.VerifierList(verifiers...))
		if err != nil {
			return err
		}
		for _, signature := range opened.Sigs {
			a.Names = append(a.Names, fmt.Sprintf("%s+%08x", signature.Name, signature.Hash))
		}
		return nil
	case "checkpoint":
		tree, err := openCheckpoint(q.Note, verifiers[0])
		if err == nil && (tree.N != q.Size || tree.Hash != q.Root) {
			err = fmt.Errorf("says %d entries and the root %s", tree.N, tree.Hash)
		}
		return err
	case "proof":
		_, _, err := checkProof(q.Note, q.Data, verifiers[0])
		return err
	case "inclusion":
		return tlog.CheckRecord(q.Path, q.Size, q.Root, q.Index, q.Leaf)
	case "consistency":
		return tlog.CheckTree(q.Path, q.Size, q.Root, q.Older, q.Old)
	case "roots":
		return q.roots(a)
	}
	return fmt.Errorf("%q is no question", q.Ask)
}

func (q *question) roots(a *answer) error {
	tree := &storedHashes{}
	for _, entry := range q.Bytes {
		if err := tree.add(entry); err != nil {
			return err
		}
		root, err := tlog.TreeHash(tree.size, tree)
		if err != nil {
			return err
		}
		a.Roots = append(a.Roots, root)
	}
	return nil
}
