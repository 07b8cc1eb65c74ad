function publish(tx, n, done) {
  const handlers = handlersOf(tx, n);
  const answers = new Array(handlers.length);
  let open = handlers.length;
  handlers.forEach((handler, k) => handler(messageOf(tx, n), (error, answer) => {
    answers[k] = answer;
    if (--open === 0) done(answers);
  }));
}

function operation(i, done) {
  const tx = begin(i);
  function next(n) {
    if (n === params.messages) {
      done(null, tx.sum);
      return;
    }
    publish(tx, n, (answers) => {
      collect(tx, answers);
      next(n + 1);
    });
  }
  next(0);
}
