// Command verify-log checks a copy of a Fairshare register's public log with a Merkle tree and a note reader that the
// register's makers did not write: golang.org/x/mod/sumdb/{note,tlog}. Written from docs/spec/register-log.md.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

const usage = `usage: verify-log -key KEY [-entry INDEX] [-kept FILE]... FOLDER
       verify-log -key KEY -proof FILE -data FILE
       verify-log -questions

  FOLDER      a copy of the log: checkpoint, tile/...
  -key KEY    the verifier key (name+id+key) of the register, from its keeper and not from whoever gave you the copy
  -entry N    shows entry N (counted from 0) and the hashes that prove it
  -kept FILE  a checkpoint you kept earlier; the log must go on from it. May be given again
  -proof FILE a proof of one entry (c2sp.org/tlog-proof@v1), -data its bytes
  -questions  answers questions about notes, trees and proofs, one JSON object per line

Ends with 0 when everything holds, 1 when something does not, 2 when it was asked wrongly.
`

type fileList []string

func (l *fileList) String() string     { return strings.Join(*l, ",") }
func (l *fileList) Set(v string) error { *l = append(*l, v); return nil }

func main() {
	flags := flag.NewFlagSet("verify-log", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	key := flags.String("key", "", "")
	entry := flags.Int64("entry", -1, "")
	proof := flags.String("proof", "", "")
	data := flags.String("data", "", "")
	questions := flags.Bool("questions", false, "")
	var kept fileList
	flags.Var(&kept, "kept", "")
	err := flags.Parse(os.Args[1:])
	switch {
	case err == nil && *questions && flags.NArg() == 0:
		err = answerQuestions(os.Stdin, os.Stdout)
	case err == nil && *key != "" && *proof != "" && *data != "" && flags.NArg() == 0:
		err = checkProofFile(*key, *proof, *data)
	case err == nil && *key != "" && *proof == "" && *data == "" && flags.NArg() == 1:
		err = checkFolder(*key, flags.Arg(0), *entry, kept)
	default:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	if err != nil {
		fmt.Printf("  NO  %v\n", err)
		os.Exit(1)
	}
}

func checkFolder(key, folder string, entry int64, kept []string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	log, err := openLog(folder, verifier)
	if err != nil {
		return err
	}
	fmt.Printf("  ok  the key signed a checkpoint of %d entries: %s, root %s\n", log.tree.N, verifier.Name(), log.tree.Hash)
	if err := log.checkEntries(); err != nil {
		return err
	}
	fmt.Printf("  ok  every entry and every tile leads to that root; positions grow by one, times grow\n")
	if entry >= 0 {
		text, hashes, err := log.proveEntry(entry)
		if err != nil {
			return err
		}
		fmt.Printf("  ok  entry %d is in it, by %d hashes:\n      %s\n", entry, hashes, printable(text))
	}
	for _, file := range kept {
		size, err := log.goesOnFrom(file, verifier)
		if err != nil {
			return err
		}
		fmt.Printf("  ok  it goes on from the %d entries of %s\n", size, file)
	}
	fmt.Println("The log holds.")
	return nil
}

func checkProofFile(key, proofFile, dataFile string) error {
	verifier, err := note.NewVerifier(key)
	if err != nil {
		return err
	}
	text, err := os.ReadFile(proofFile)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(dataFile)
	if err != nil {
		return err
	}
	index, tree, err := checkProof(text, data, verifier)
	if err != nil {
		return fmt.Errorf("%s: %w", proofFile, err)
	}
	fmt.Printf("  ok  %s is entry %d of %d in %s\n", dataFile, index, tree.N, verifier.Name())
	return nil
}

// printable keeps what is in a file from steering the terminal it is shown on.
func printable(text []byte) string {
	quoted := fmt.Sprintf("%+q", text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}
