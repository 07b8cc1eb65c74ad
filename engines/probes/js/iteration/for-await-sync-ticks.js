// Ticks of for await over a synchronous iterable: two a value, the iterator's wrapper and the loop's await, and two for the end.
// Section: sec-asyncfromsynciteratorcontinuation
// Needs: for-await
// Await: optimized

(['first', 'second', 'end']).forEach((what, i) => {
  ticks(what, async end => {
    let n = 0;
    for await (const x of [1, Promise.resolve(2)]) if (n++ === i) end();
    if (i === 2) end();
  });
});

// Output:
// first 2
// second 4
// end 6
