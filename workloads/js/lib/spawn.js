// spawn runs a generator as a coroutine: it resumes it with the value of each
// promise that it yields, and returns a promise for what it returns.
function spawn(generatorFunction) {
  return new Promise((resolve, reject) => {
    const generator = generatorFunction();
    function resume(value) { step('next', value); }
    function raise(error) { step('throw', error); }
    function step(method, argument) {
      let result;
      try {
        result = generator[method](argument);
      } catch (error) {
        reject(error);
        return;
      }
      if (result.done) resolve(result.value);
      else Promise.resolve(result.value).then(resume, raise);
    }
    resume(undefined);
  });
}
