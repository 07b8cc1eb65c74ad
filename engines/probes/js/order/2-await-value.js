// An async function runs at once up to its first await, and goes on after the script.
// Section: await
// Needs: async-await

async function foo() {
  log(1);
  const a = await 100;
  log(a);
  log(2);
}
log(0);
foo();
log(3);

// Output:
// 0
// 1
// 3
// 100
// 2
