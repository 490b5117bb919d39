// Command reference renders templates with Go's own text/template and Sprig, for hack/conformance: one JSON object a line
// on standard input, one on standard output. With -bench it measures instead; see bench.go.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"text/template"

	sprig "github.com/Masterminds/sprig/v3"
	"sigs.k8s.io/yaml"
)

type request struct {
	Template   string          `json:"template"`
	Data       json.RawMessage `json:"data"`
	MissingKey string          `json:"missingkey"`
}

type response struct {
	Output *string `json:"output,omitempty"`
	Error  string  `json:"error,omitempty"`
	Line   int     `json:"line,omitempty"`
	Column int     `json:"column,omitempty"`
	// The template parsed; the error came when it was executed.
	Late bool `json:"late,omitempty"`
}

// name of the template; # keeps it apart from names in messages.
const name = "main#"

var (
	position = regexp.MustCompile(`^template: main#:(\d+)(?::(\d+))?: (?s:(.*))$`)
	origin   = regexp.MustCompile(`^executing "(?:[^"\\]|\\.)*" at <(?s:.*?)>: (?s:(.*))$`)
)

// functions are Sprig's, with toYaml and fromYaml as Helm has them.
func functions() template.FuncMap {
	all := sprig.TxtFuncMap()
	all["toYaml"] = func(value any) string {
		text, err := yaml.Marshal(value)
		if err != nil {
			return ""
		}
		return strings.TrimSuffix(string(text), "\n")
	}
	all["fromYaml"] = func(text string) map[string]any {
		value := map[string]any{}
		if err := yaml.Unmarshal([]byte(text), &value); err != nil {
			value["Error"] = err.Error()
		}
		return value
	}
	// A look-up of a name is no business of a proof.
	delete(all, "getHostByName")
	return all
}

// goValue turns a decoded JSON value into what the TypeScript side makes of it: a number without point and exponent that
// fits is an int, any other a float64.
func goValue(value any) any {
	switch typed := value.(type) {
	case json.Number:
		text := string(typed)
		if !strings.ContainsAny(text, ".eE") {
			if integer, err := strconv.ParseInt(text, 10, 64); err == nil {
				return int(integer)
			}
		}
		number, err := strconv.ParseFloat(text, 64)
		if err != nil && !math.IsInf(number, 0) {
			panic(err)
		}
		return number
	case []any:
		for index := range typed {
			typed[index] = goValue(typed[index])
		}
		// Room that the decoder left behind the last element would be sliced into.
		return slices.Clip(typed)
	case map[string]any:
		for key := range typed {
			typed[key] = goValue(typed[key])
		}
	}
	return value
}

func decodeData(text json.RawMessage) (any, error) {
	var data any = map[string]any{}
	if len(text) > 0 {
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		if err := decoder.Decode(&data); err != nil {
			return nil, err
		}
	}
	return goValue(data), nil
}

func failure(err error, late bool) response {
	answer := response{Error: err.Error(), Late: late}
	parts := position.FindStringSubmatch(err.Error())
	if parts == nil {
		return answer
	}
	answer.Line, _ = strconv.Atoi(parts[1])
	if parts[2] != "" {
		column, _ := strconv.Atoi(parts[2])
		answer.Column = column + 1
	}
	answer.Error = parts[3]
	if inner := origin.FindStringSubmatch(parts[3]); inner != nil {
		answer.Error = inner[1]
	}
	return answer
}

func render(wanted request, known template.FuncMap) response {
	data, err := decodeData(wanted.Data)
	if err != nil {
		return response{Error: err.Error()}
	}
	parsed := template.New(name).Funcs(known)
	if wanted.MissingKey != "" {
		parsed = parsed.Option("missingkey=" + wanted.MissingKey)
	}
	if parsed, err = parsed.Parse(wanted.Template); err != nil {
		return failure(err, false)
	}
	var text bytes.Buffer
	if err := parsed.Execute(&text, data); err != nil {
		return failure(err, true)
	}
	output := text.String()
	return response{Output: &output}
}

func main() {
	measure := flag.Bool("bench", false, "measure parsing and rendering of the form on standard input")
	flag.Parse()
	if *measure {
		bench()
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(make([]byte, 1<<20), 1<<26)
	writer := bufio.NewWriter(os.Stdout)
	defer writer.Flush()
	encoder := json.NewEncoder(writer)
	encoder.SetEscapeHTML(false)
	known := functions()
	for lines.Scan() {
		var wanted request
		if err := json.Unmarshal(lines.Bytes(), &wanted); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(render(wanted, known)); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
	if err := lines.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
