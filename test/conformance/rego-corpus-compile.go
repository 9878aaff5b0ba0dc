// Compiles OPA's own evaluation cases, which travel inside the pinned OPA module, for the two engines.
//
// Run inside policies/toolchain, so that the versions pinned there are used:
//
//	go run ../../test/conformance/rego-corpus-compile.go "$(go list -m -f '{{.Dir}}' github.com/open-policy-agent/opa)" ../capabilities.json wasm
//
// Writes to standard output, for each case, one line of JSON and, right after it, as many bytes as its wasm_bytes says.
// Without the word wasm only plans are made, which is about five times faster.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/ir"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/test/cases"
	"github.com/open-policy-agent/opa/v1/util"
)

type compiled struct {
	File        string     `json:"file"`
	Note        string     `json:"note"`
	Omitted     string     `json:"omitted,omitempty"`
	Plan        *ir.Policy `json:"plan,omitempty"`
	Data        any        `json:"data"`
	Input       any        `json:"input"`
	HasInput    bool       `json:"has_input"`
	WantDefined *bool      `json:"want_defined,omitempty"`
	WantResult  any        `json:"want_result,omitempty"`
	WantError   string     `json:"want_error,omitempty"`
	StrictError bool       `json:"strict_error,omitempty"`
	SortResult  bool       `json:"sort_bindings,omitempty"`
	WasmBytes   int        `json:"wasm_bytes"`
	wasm        []byte
}

type job struct {
	version ast.RegoVersion
	path    string
	content []byte
	done    chan []*compiled
}

func main() {
	if len(os.Args) < 3 {
		fail(errors.New("usage: go run rego-corpus-compile.go OPA_MODULE CAPABILITIES [wasm]"))
	}
	capabilities, err := ast.LoadCapabilitiesFile(os.Args[2])
	if err != nil {
		fail(err)
	}
	withWasm := len(os.Args) > 3 && os.Args[3] == "wasm"
	rego.RegisterPlugin("plan-keeper", planKeeper{})

	jobs := collect(filepath.Join(os.Args[1], "v1", "test", "cases", "testdata"))
	queue := make(chan *job)
	for range runtime.NumCPU() {
		go func() {
			for j := range queue {
				j.done <- compileFile(j, capabilities, withWasm)
			}
		}()
	}
	// A bounded distance between what is compiled and what is written keeps the memory small.
	started := make(chan struct{}, 2*runtime.NumCPU())
	go func() {
		for _, j := range jobs {
			started <- struct{}{}
			queue <- j
		}
		close(queue)
	}()

	out := bufio.NewWriterSize(os.Stdout, 1<<20)
	for _, j := range jobs {
		for _, c := range <-j.done {
			line, err := json.Marshal(c)
			if err != nil {
				fail(err)
			}
			_, _ = out.Write(append(line, '\n'))
			if _, err := out.Write(c.wasm); err != nil {
				fail(err)
			}
		}
		<-started
	}
	if err := out.Flush(); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func collect(folder string) []*job {
	var jobs []*job
	for name, version := range map[string]ast.RegoVersion{"v0": ast.RegoV0, "v1": ast.RegoV1} {
		err := filepath.WalkDir(filepath.Join(folder, name), func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			short, err := filepath.Rel(folder, path)
			jobs = append(jobs, &job{version, filepath.ToSlash(short), content, make(chan []*compiled, 1)})
			return err
		})
		if err != nil {
			fail(err)
		}
	}
	slices.SortFunc(jobs, func(a, b *job) int { return strings.Compare(a.path, b.path) })
	return jobs
}

func compileFile(j *job, capabilities *ast.Capabilities, withWasm bool) []*compiled {
	var set cases.Set
	if err := util.Unmarshal(j.content, &set); err != nil {
		return []*compiled{{File: j.path, Note: j.path, Omitted: "not readable: " + err.Error()}}
	}
	var all []*compiled
	for _, tc := range set.Cases {
		all = append(all, compileCase(j, tc, capabilities, withWasm))
	}
	return all
}

func compileCase(j *job, tc cases.TestCase, capabilities *ast.Capabilities, withWasm bool) *compiled {
	c := &compiled{File: j.path, Note: tc.Note, WantDefined: tc.WantDefined, StrictError: tc.StrictError, SortResult: tc.SortBindings}
	if tc.Data != nil {
		c.Data = *tc.Data
	}
	if tc.InputTerm != nil {
		value, err := ast.ParseTerm(*tc.InputTerm)
		if err != nil {
			c.Omitted = "input_term cannot be parsed: " + err.Error()
			return c
		}
		if !isJSON(value.Value) {
			c.Omitted = "the input is no JSON (it holds a set or a key that is no string), and the engines take JSON only"
			return c
		}
		c.Input, c.HasInput = ast.MustJSON(value.Value), true
	} else if tc.Input != nil {
		c.Input, c.HasInput = *tc.Input, true
	}
	if tc.WantResult != nil {
		c.WantResult = *tc.WantResult
	}
	switch {
	case tc.WantErrorCode != nil:
		c.WantError = *tc.WantErrorCode
	case tc.WantError != nil:
		c.WantError = *tc.WantError
	}

	plan, err := planOf(j, tc, capabilities)
	if err != nil {
		if full, fullErr := planOf(j, tc, ast.CapabilitiesForThisVersion()); fullErr == nil {
			if missing := missingBuiltins(full, capabilities); len(missing) > 0 {
				c.Omitted = "builtin not in capabilities.json: " + strings.Join(missing, ", ")
				return c
			}
		}
		c.Omitted = "the planner refuses it: " + strings.Join(strings.Fields(err.Error()), " ")
		return c
	}
	c.Plan = plan
	if withWasm {
		result, err := rego.New(options(j, tc, capabilities)...).Compile(context.Background())
		if err != nil {
			c.Omitted = "the Wasm compiler refuses it: " + err.Error()
			return c
		}
		c.wasm, c.WasmBytes = result.Bytes, len(result.Bytes)
	}
	return c
}

func isJSON(v ast.Value) bool {
	switch v := v.(type) {
	case ast.Null, ast.Boolean, ast.Number, ast.String:
		return true
	case *ast.Array:
		return !v.Until(func(t *ast.Term) bool { return !isJSON(t.Value) })
	case ast.Object:
		return !v.Until(func(k, t *ast.Term) bool {
			_, isString := k.Value.(ast.String)
			return !isString || !isJSON(t.Value)
		})
	}
	return false
}

func missingBuiltins(plan *ir.Policy, capabilities *ast.Capabilities) []string {
	var missing []string
	for _, f := range plan.Static.BuiltinFuncs {
		if !slices.ContainsFunc(capabilities.Builtins, func(b *ast.Builtin) bool { return b.Name == f.Name }) {
			missing = append(missing, f.Name)
		}
	}
	return missing
}

func options(j *job, tc cases.TestCase, capabilities *ast.Capabilities) []func(*rego.Rego) {
	if tc.ExperimentalKeywords {
		wider := *capabilities
		wider.FutureKeywords = ast.CapabilitiesForThisVersion(ast.CapabilitiesExperimentalKeywords(true)).FutureKeywords
		wider.Features = ast.CapabilitiesForThisVersion(ast.CapabilitiesExperimentalKeywords(true)).Features
		capabilities = &wider
	}
	opts := []func(*rego.Rego){rego.Query(tc.Query), rego.SetRegoVersion(j.version), rego.Capabilities(capabilities)}
	for i := range tc.Modules {
		opts = append(opts, rego.Module(fmt.Sprintf("module-%d.rego", i), tc.Modules[i]))
	}
	return opts
}

type planKey struct{}

// planOf asks OPA to prepare the query for a target of our own, which only keeps the plan that it is given.
func planOf(j *job, tc cases.TestCase, capabilities *ast.Capabilities) (*ir.Policy, error) {
	var plan *ir.Policy
	opts := append(options(j, tc, capabilities), rego.Target("plan-keeper"))
	_, err := rego.New(opts...).PrepareForEval(context.WithValue(context.Background(), planKey{}, &plan))
	return plan, err
}

type planKeeper struct{}

func (planKeeper) IsTarget(name string) bool { return name == "plan-keeper" }

func (planKeeper) PrepareForEval(ctx context.Context, plan *ir.Policy, _ ...rego.PrepareOption) (rego.TargetPluginEval, error) {
	*ctx.Value(planKey{}).(**ir.Policy) = plan
	return keptPlan{}, nil
}

type keptPlan struct{}

func (keptPlan) Eval(context.Context, *rego.EvalContext, ast.Value) (ast.Value, error) {
	return nil, errors.New("this target only keeps plans")
}
