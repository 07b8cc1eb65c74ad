// For style thunk. A thunk is a function of nothing but a callback: a step that
// begins when somebody waits for it.

// thunkify makes of a function whose last parameter is a callback one that
// takes the other arguments and returns a thunk.
function thunkify(f) { return (...args) => (done) => f(...args, done); }

// together makes one thunk of many, for the values of all or the first error.
function together(thunks) {
  return (done) => {
    const values = new Array(thunks.length);
    let open = thunks.length;
    let failed = false;
    thunks.forEach((thunk, k) => thunk((error, value) => {
      if (failed) return;
      if (error) {
        failed = true;
        done(error);
        return;
      }
      values[k] = value;
      if (--open === 0) done(null, values);
    }));
  };
}

// run runs a generator as a coroutine: it resumes it with the value of each
// thunk that it yields, and calls back with what it returns or throws.
function run(generatorFunction, done) {
  const generator = generatorFunction();
  function resume(error, value) {
    let result;
    try {
      result = error ? generator.throw(error) : generator.next(value);
    } catch (thrown) {
      done(thrown);
      return;
    }
    if (result.done) done(null, result.value);
    else result.value(resume);
  }
  resume(null, undefined);
}
