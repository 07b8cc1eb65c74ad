// Ticks of a for-await loop over an async generator: two a value (the yield's await, the loop's), one for the end.
// Section: sec-asyncgeneratoryield
// Needs: async-generator, for-await
// Await: optimized

async function* g() { yield 1; yield 2; }
(['first', 'second', 'end']).forEach((what, i) => {
  ticks(what, async end => {
    let n = 0;
    for await (const x of g()) if (n++ === i) end();
    if (i === 2) end();
  });
});

// Output:
// first 2
// second 4
// end 5
