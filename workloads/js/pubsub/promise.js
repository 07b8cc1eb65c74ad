function publish(tx, n) { return Promise.all(handlersOf(tx, n).map((handler) => handler(messageOf(tx, n)))); }

function operation(i) {
  const tx = begin(i);
  function next(n) {
    if (n === params.messages) return tx.sum;
    return publish(tx, n).then((answers) => {
      collect(tx, answers);
      return next(n + 1);
    });
  }
  return next(0);
}
