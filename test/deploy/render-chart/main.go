// Renders a Helm chart as Helm does, with the template language and the functions that Helm has them from, and prints each
// object as a line of JSON. Debian has both (golang-go, golang-github-masterminds-sprig-dev), but not Helm itself.
//
//	render-chart CHART [VALUES.yaml …]
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/Masterminds/sprig"
	"github.com/ghodss/yaml"
)

func main() {
	log.SetFlags(0)
	chart := os.Args[1]
	values := read(filepath.Join(chart, "values.yaml"))
	for _, file := range os.Args[2:] {
		merge(values, read(file))
	}
	about := read(filepath.Join(chart, "Chart.yaml"))
	data := map[string]interface{}{
		"Values":  values,
		"Chart":   map[string]interface{}{"Name": about["name"], "Version": about["version"], "AppVersion": about["appVersion"]},
		"Release": map[string]interface{}{"Name": "shop", "Namespace": "shops", "Service": "Helm"},
	}
	files, err := filepath.Glob(filepath.Join(chart, "templates", "*"))
	check(err)
	templates := parse(files)
	for _, file := range files {
		text := execute(templates, filepath.Base(file), data)
		if filepath.Ext(file) != ".yaml" || strings.TrimSpace(text) == "" {
			continue
		}
		var object map[string]interface{}
		check(yaml.Unmarshal([]byte(text), &object))
		line, err := json.Marshal(object)
		check(err)
		fmt.Println(string(line))
	}
}

func parse(files []string) *template.Template {
	// A value that the chart does not have is a mistake, not an empty text.
	root := template.New("chart").Option("missingkey=error")
	functions := sprig.TxtFuncMap()
	functions["include"] = func(name string, data interface{}) string { return execute(root, name, data) }
	functions["toYaml"] = func(value interface{}) string {
		text, err := yaml.Marshal(value)
		check(err)
		return strings.TrimSuffix(string(text), "\n")
	}
	root.Funcs(functions)
	for _, file := range files {
		text, err := os.ReadFile(file)
		check(err)
		template.Must(root.New(filepath.Base(file)).Parse(string(text)))
	}
	return root
}

func execute(templates *template.Template, name string, data interface{}) string {
	var text bytes.Buffer
	check(templates.ExecuteTemplate(&text, name, data))
	return text.String()
}

func read(file string) map[string]interface{} {
	text, err := os.ReadFile(file)
	check(err)
	values := map[string]interface{}{}
	check(yaml.Unmarshal(text, &values))
	return values
}

func merge(values, over map[string]interface{}) {
	for name, value := range over {
		inner, isMap := value.(map[string]interface{})
		if own, has := values[name].(map[string]interface{}); isMap && has {
			merge(own, inner)
		} else {
			values[name] = value
		}
	}
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
