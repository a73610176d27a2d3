// A device that runs go-tuf; the command line and the answers are those of ../python-tuf/device.py:
//
//	device init DIR ROOT_JSON
//	device update DIR METADATA_URL [--target PATH] [--time RFC3339]
//	device serve
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/theupdateframework/go-tuf/v2/metadata/config"
	"github.com/theupdateframework/go-tuf/v2/metadata/updater"
)

type request struct {
	Command, Directory, Root, URL, Target, Time string
}

type answer map[string]any

// The trusted root is kept under the name that go-tuf itself writes newer ones to.
func trustedRoot(directory string) string { return filepath.Join(directory, "root.json") }

func initialise(r request) (answer, error) {
	root, err := os.ReadFile(r.Root)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(r.Directory, 0o755); err != nil {
		return nil, err
	}
	return answer{}, os.WriteFile(trustedRoot(r.Directory), root, 0o644)
}

func update(r request) (answer, error) {
	root, err := os.ReadFile(trustedRoot(r.Directory))
	if err != nil {
		return nil, err
	}
	cfg, err := config.New(r.URL, root)
	if err != nil {
		return nil, err
	}
	cfg.LocalMetadataDir = r.Directory
	cfg.LocalTargetsDir = filepath.Join(r.Directory, "targets")
	device, err := updater.New(cfg)
	if err != nil {
		return nil, err
	}
	if r.Time != "" {
		now, err := time.Parse(time.RFC3339, r.Time)
		if err != nil {
			return nil, err
		}
		device.UnsafeSetRefTime(now)
	}
	if err := device.Refresh(); err != nil {
		return nil, err
	}
	trusted := device.GetTrustedMetadataSet()
	paths := []string{}
	for path := range device.GetTopLevelTargets() {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	result := answer{
		"root":      trusted.Root.Signed.Version,
		"timestamp": trusted.Timestamp.Signed.Version,
		"snapshot":  trusted.Snapshot.Signed.Version,
		"targets":   trusted.Targets["targets"].Signed.Version,
		"paths":     paths,
	}
	if r.Target != "" {
		result["target"] = nil
		if found, err := device.GetTargetInfo(r.Target); err == nil {
			result["target"] = answer{"length": found.Length, "hashes": found.Hashes}
		}
	}
	return result, nil
}

// refusal tells a TUF client's verdict on what it was served from a broken driver, disk or network. go-tuf returns bare
// errors for some verdicts (metadata that is no JSON, a role that the snapshot lacks), so the rest is what is named here.
func refusal(err error) (kind string, refused bool) {
	var network *url.Error
	var disk *fs.PathError
	if errors.As(err, &network) || errors.As(err, &disk) {
		return "", false
	}
	name := fmt.Sprintf("%T", err)
	return name[strings.LastIndex(name, ".")+1:], true
}

func run(r request) (int, answer) {
	do := map[string]func(request) (answer, error){"init": initialise, "update": update}[r.Command]
	if do == nil {
		return 2, answer{"failed": "no such command: " + r.Command}
	}
	result, err := do(r)
	if err == nil {
		return 0, result
	}
	if kind, refused := refusal(err); refused {
		return 1, answer{"refused": kind, "message": err.Error()}
	}
	return 2, answer{"failed": err.Error()}
}

func print(a answer) {
	if err := json.NewEncoder(os.Stdout).Encode(a); err != nil {
		panic(err)
	}
}

func serve() {
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			panic(err)
		}
		_, result := run(r)
		print(result)
	}
}

func main() {
	if len(os.Args) == 2 && os.Args[1] == "serve" {
		serve()
		return
	}
	if len(os.Args) < 4 {
		fmt.Fprintln(os.Stderr, "usage: device init DIR ROOT_JSON | update DIR METADATA_URL [--target PATH] [--time RFC3339] | serve")
		os.Exit(2)
	}
	r := request{Command: os.Args[1], Directory: os.Args[2]}
	if r.Command == "init" {
		r.Root = os.Args[3]
	} else {
		r.URL = os.Args[3]
	}
	options := flag.NewFlagSet("device", flag.ExitOnError)
	options.StringVar(&r.Target, "target", "", "a path to look up")
	options.StringVar(&r.Time, "time", "", "the device's clock, RFC 3339")
	_ = options.Parse(os.Args[4:])
	code, result := run(r)
	print(result)
	os.Exit(code)
}
