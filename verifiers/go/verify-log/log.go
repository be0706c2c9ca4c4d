// A log folder in the layout of c2sp.org/tlog-tiles, read and checked by tlog.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Hashes to a tile: 2^8.
const tileHeight = 8
const tileWidth = 1 << tileHeight

type log struct {
	folder string
	tree   tlog.Tree
	hashes tlog.HashReader // every hash it gives is proven to be in the tree
}

func openLog(folder string, verifier note.Verifier) (*log, error) {
	tree, err := readCheckpoint(filepath.Join(folder, "checkpoint"), verifier)
	if err != nil {
		return nil, err
	}
	opened := &log{folder: folder, tree: tree}
	opened.hashes = tlog.TileHashReader(tree, opened)
	return opened, nil
}

func readCheckpoint(file string, verifier note.Verifier) (tlog.Tree, error) {
	message, err := os.ReadFile(file)
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := openCheckpoint(message, verifier)
	if err != nil {
		return tlog.Tree{}, fmt.Errorf("%s: %w", file, err)
	}
	return tree, nil
}

// Height, ReadTiles and SaveTiles make a log folder what tlog reads tiles from.
func (l *log) Height() int { return tileHeight }

func (l *log) SaveTiles([]tlog.Tile, [][]byte) {}

func (l *log) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		read, err := l.readTile(tile)
		if err != nil {
			return nil, err
		}
		data[i] = read
	}
	return data, nil
}

func (l *log) readTile(tile tlog.Tile) ([]byte, error) {
	data, full, err := l.readPartial(tile)
	if err != nil {
		return nil, err
	}
	want := tile.W * tlog.HashSize
	if full {
		want = tileWidth * tlog.HashSize
	}
	if len(data) != want {
		return nil, fmt.Errorf("%s: %d bytes where %d belong", tilePath(tile), len(data), want)
	}
	return data[:tile.W*tlog.HashSize], nil
}

// readPartial reads the file of a tile; a partial one may be gone once the full one is there.
func (l *log) readPartial(tile tlog.Tile) (data []byte, full bool, err error) {
	data, err = os.ReadFile(filepath.Join(l.folder, filepath.FromSlash(tilePath(tile))))
	if errors.Is(err, os.ErrNotExist) && tile.W < tileWidth {
		whole := tile
		whole.W = tileWidth
		if data, err := os.ReadFile(filepath.Join(l.folder, filepath.FromSlash(tilePath(whole)))); err == nil {
			return data, true, nil
		}
	}
	return data, false, err
}

// tilePath leaves the height out, which the paths of the Go checksum database have and those of tlog-tiles have not.
func tilePath(tile tlog.Tile) string {
	path := strings.TrimPrefix(tile.Path(), fmt.Sprintf("tile/%d/", tileHeight))
	return "tile/" + strings.Replace(path, "data/", "entries/", 1)
}

// readBundle gives the entries of the bundle with this index.
func (l *log) readBundle(index int64) ([][]byte, error) {
	width := int64(tileWidth)
	if rest := l.tree.N - index*tileWidth; rest < width {
		width = rest
	}
	tile := tlog.Tile{H: tileHeight, L: -1, N: index, W: int(width)}
	data, full, err := l.readPartial(tile)
	if err != nil {
		return nil, err
	}
	var entries [][]byte
	for at := 0; at < len(data); {
		if len(data)-at < 2 || len(data)-at-2 < int(data[at])<<8+int(data[at+1]) {
			return nil, fmt.Errorf("%s: ends within entry %d", tilePath(tile), index*tileWidth+int64(len(entries)))
		}
		length := int(data[at])<<8 + int(data[at+1])
		entries = append(entries, data[at+2:at+2+length])
		at += 2 + length
	}
	if full && len(entries) == tileWidth {
		entries = entries[:width]
	}
	if int64(len(entries)) != width {
		return nil, fmt.Errorf("%s: %d entries where %d belong", tilePath(tile), len(entries), width)
	}
	return entries, nil
}

// checkEntries hashes every entry, builds the tree of them, and compares it with every tile and with the signed root.
func (l *log) checkEntries() error {
	if l.tree.N == 0 {
		if l.tree.Hash != tlog.Hash(emptyRoot) {
			return errors.New("checkpoint: the root of no entries is another")
		}
		return nil
	}
	own := &storedHashes{}
	var order entryOrder
	for own.size < l.tree.N {
		entries, err := l.readBundle(own.size / tileWidth)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			if err := order.next(own.size, entry); err != nil {
				return err
			}
			if err := own.add(entry); err != nil {
				return err
			}
		}
	}
	if err := l.compareTiles(own); err != nil {
		return err
	}
	root, err := tlog.TreeHash(l.tree.N, own)
	if err != nil {
		return err
	}
	if root != l.tree.Hash {
		return fmt.Errorf("checkpoint: its %d entries lead to the root %s", l.tree.N, root)
	}
	return nil
}

// compareTiles reads every tile of the tree and compares it with the hashes made from the entries.
func (l *log) compareTiles(own tlog.HashReader) error {
	for _, tile := range tilesOf(l.tree.N) {
		stored, err := l.readTile(tile)
		if err != nil {
			return err
		}
		made, err := tlog.ReadTileData(tile, own)
		if err != nil {
			return err
		}
		for at := range made {
			if made[at] != stored[at] {
				return fmt.Errorf("%s: hash %d is not the one that the entries make", tilePath(tile), at/tlog.HashSize)
			}
		}
	}
	return nil
}

// tilesOf lists the tiles of a tree: the full ones of each level, and the partial one at its edge.
func tilesOf(size int64) (tiles []tlog.Tile) {
	for level, hashes := 0, size; hashes > 0; level, hashes = level+1, hashes/tileWidth {
		for n := int64(0); n < hashes/tileWidth; n++ {
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: n, W: tileWidth})
		}
		if edge := int(hashes % tileWidth); edge > 0 {
			tiles = append(tiles, tlog.Tile{H: tileHeight, L: level, N: hashes / tileWidth, W: edge})
		}
	}
	return tiles
}

// proveEntry makes a proof from the tiles and checks it against the hash of the entry's bytes.
func (l *log) proveEntry(index int64) (entry []byte, hashes int, err error) {
	if index >= l.tree.N {
		return nil, 0, fmt.Errorf("there is no entry %d: the log has %d", index, l.tree.N)
	}
	entries, err := l.readBundle(index / tileWidth)
	if err != nil {
		return nil, 0, err
	}
	entry = entries[index%tileWidth]
	proof, err := tlog.ProveRecord(l.tree.N, index, l.hashes)
	if err != nil {
		return nil, 0, err
	}
	err = tlog.CheckRecord(proof, l.tree.N, l.tree.Hash, index, tlog.RecordHash(entry))
	return entry, len(proof), err
}

// goesOnFrom checks that the log begins with all that a checkpoint kept earlier signs.
func (l *log) goesOnFrom(file string, verifier note.Verifier) (int64, error) {
	older, err := readCheckpoint(file, verifier)
	if err != nil {
		return 0, err
	}
	if older.N > l.tree.N {
		return 0, fmt.Errorf("checkpoint: signs %d entries, %s signed %d before: this log went back", l.tree.N, file, older.N)
	}
	if older.N == 0 {
		return 0, nil
	}
	proof, err := tlog.ProveTree(l.tree.N, older.N, l.hashes)
	if err == nil {
		err = tlog.CheckTree(proof, l.tree.N, l.tree.Hash, older.N, older.Hash)
	}
	if err != nil {
		return 0, fmt.Errorf("checkpoint: does not go on from %s, so two histories were signed; keep both (%v)", file, err)
	}
	return older.N, nil
}

// storedHashes is a tree of entries in memory, in the order in which tlog stores hashes.
type storedHashes struct {
	size   int64
	hashes []tlog.Hash
}

func (s *storedHashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(indexes))
	for i, index := range indexes {
		hashes[i] = s.hashes[index]
	}
	return hashes, nil
}

func (s *storedHashes) add(entry []byte) error {
	hashes, err := tlog.StoredHashes(s.size, entry, s)
	if err != nil {
		return err
	}
	s.hashes = append(s.hashes, hashes...)
	s.size++
	return nil
}

// entryOrder is what each entry must say of itself, after those before it.
type entryOrder struct {
	register   string
	recordedAt int64
}

func (o *entryOrder) next(index int64, text []byte) error {
	var entry struct {
		Register   *string `json:"register"`
		Position   *int64  `json:"position"`
		RecordedAt *int64  `json:"recordedAt"`
	}
	err := json.Unmarshal(text, &entry)
	if err != nil || entry.Register == nil || entry.Position == nil || entry.RecordedAt == nil {
		return fmt.Errorf("entry %d: is no entry of a register", index)
	}
	if *entry.Position != index+1 {
		return fmt.Errorf("entry %d: names another position", index)
	}
	if index > 0 && *entry.Register != o.register {
		return fmt.Errorf("entry %d: is of another register than the entries before it", index)
	}
	if index > 0 && *entry.RecordedAt <= o.recordedAt {
		return fmt.Errorf("entry %d: was not recorded later than the entry before it", index)
	}
	o.register, o.recordedAt = *entry.Register, *entry.RecordedAt
	return nil
}
