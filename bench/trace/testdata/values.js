class Mine extends Promise {}

async function values() {
  await 42;
  await Promise.resolve(42);
  await { then(done) { done(42); } };
  await Mine.resolve(42);
}

values();
