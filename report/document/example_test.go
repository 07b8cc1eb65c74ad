package document_test

import (
	"fmt"
	"os"

	"promisebench/report/document"
)

// A chapter is made once and written for any reader.
func ExampleDocument_WriteText() {
	table := &document.Table{Columns: document.Cols("engine", ">time"), Key: 1}
	table.Add(document.Text("goja"), document.Number(45e-6, "45.0µs ± 3%"))
	table.Add(document.Text("sobek"), document.Text("skip", table.Mark("it lacks async generators")))
	table.Note("median ± 95% interval")

	d := &document.Document{Title: "Benchmark report", Chapters: []document.Chapter{
		{ID: "times", Title: "Times", Tables: []*document.Table{table}},
	}}
	if err := d.WriteText(os.Stdout, 80); err != nil {
		fmt.Println(err)
	}
	// Output:
	// Times
	//
	//  engine         time
	// ─────────────────────
	//  goja    45.0µs ± 3%
	//  sobek         skip¹
	//  ¹ it lacks async generators
	//  median ± 95% interval
}
