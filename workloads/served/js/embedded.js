// The embedded engines' half of a server whose sockets are Go's. Requests come
// several at once, so that their promises interleave as those of a server's
// clients do: the engine runs the jobs of all of them when the call returns.

let answers = [];

// promisebenchServe takes requests, four arguments each: a number by which to
// answer, method, path with query, body.
function promisebenchServe() {
  for (let i = 0; i < arguments.length; i += 4) serve(arguments[i], begin(arguments[i + 1], arguments[i + 2], arguments[i + 3]));
}

function serve(id, state) {
  dispatch(state, 0).then(
    () => { answers.push({ id: id, status: state.status, headers: state.headers, body: state.text }); },
    (error) => { answers.push({ id: id, error: String(error) }); });
}

// promisebenchAnswers returns the answers since the last time.
function promisebenchAnswers() {
  const text = JSON.stringify(answers);
  answers = [];
  return text;
}
