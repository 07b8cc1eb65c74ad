// to makes of a promise one for [error, value], which never rejects.
function to(promise) { return promise.then((value) => [null, value], (error) => [error, undefined]); }

const ways = {
  'try-catch'(tx) {
    return call(tx, 1, tx.operation)
      .then((first) => call(tx, 2, first))
      .then((second) => call(tx, 3, second))
      .catch((error) => recover(tx, error));
  },

  'catch-per-call'(tx) {
    const reserve = (error) => recover(tx, error);
    return call(tx, 1, tx.operation).catch(reserve)
      .then((first) => call(tx, 2, first).catch(reserve))
      .then((second) => call(tx, 3, second).catch(reserve));
  },

  to(tx) {
    function next(n, input) {
      return to(call(tx, n, input)).then((outcome) => {
        if (outcome[0]) return recover(tx, outcome[0]);
        return n === 3 ? outcome[1] : next(n + 1, outcome[1]);
      });
    }
    return next(1, tx.operation);
  },

  retry(tx) {
    function next(n) {
      return attempt(tx, n).catch((error) => (n === 3 ? recover(tx, error) : next(n + 1)));
    }
    return next(1);
  },
};

function operation(i) {
  const tx = begin(i);
  return ways[params.kind](tx).then((value) => finish(tx, value));
}
