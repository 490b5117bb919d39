package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"text/template"
	"time"
)

type form struct {
	Templates []string       `json:"templates"`
	Data      map[string]any `json:"data"`
	// Forms rendered a round, and rounds, of which the best counts.
	Renders int `json:"renders"`
	Rounds  int `json:"rounds"`
}

type measurement struct {
	RenderNanoseconds float64 `json:"renderNanoseconds"`
	ParseNanoseconds  float64 `json:"parseNanoseconds"`
	Output            string  `json:"output"`
}

// bench parses the form once and renders it many times; it prints nanoseconds a form.
func bench() {
	var wanted form
	if err := json.NewDecoder(os.Stdin).Decode(&wanted); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// One set of functions for all: to register Sprig's takes longer than to parse.
	root := template.New(name).Option("missingkey=error").Funcs(functions())
	parse := func() []*template.Template {
		all := make([]*template.Template, 0, len(wanted.Templates))
		for index, source := range wanted.Templates {
			all = append(all, template.Must(root.New(strconv.Itoa(index)).Parse(source)))
		}
		return all
	}
	parsed := parse()
	output := ""
	for _, each := range parsed {
		var text bytes.Buffer
		if err := each.Execute(&text, wanted.Data); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		output += text.String() + "\n"
	}
	best := func(times int, work func()) float64 {
		shortest := time.Duration(1 << 62)
		for round := 0; round < wanted.Rounds; round++ {
			started := time.Now()
			for i := 0; i < times; i++ {
				work()
			}
			shortest = min(shortest, time.Since(started))
		}
		return float64(shortest.Nanoseconds()) / float64(times)
	}
	length := 0
	rendered := best(wanted.Renders, func() {
		for _, each := range parsed {
			var text bytes.Buffer
			_ = each.Execute(&text, wanted.Data)
			length += len(text.String())
		}
	})
	answer := measurement{rendered, best(max(1, wanted.Renders/20), func() { parse() }), output}
	if err := json.NewEncoder(os.Stdout).Encode(answer); err != nil {
		os.Exit(1)
	}
}
