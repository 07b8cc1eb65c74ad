// to makes of a promise one for [error, value], which never rejects.
function to(promise) { return promise.then((value) => [null, value], (error) => [error, undefined]); }

const ways = {
  async 'try-catch'(tx) {
    try {
      const first = await call(tx, 1, tx.operation);
      const second = await call(tx, 2, first);
      return finish(tx, await call(tx, 3, second));
    } catch (error) {
      return finish(tx, recover(tx, error));
    }
  },

  async 'catch-per-call'(tx) {
    const reserve = (error) => recover(tx, error);
    const first = await call(tx, 1, tx.operation).catch(reserve);
    const second = await call(tx, 2, first).catch(reserve);
    return finish(tx, await call(tx, 3, second).catch(reserve));
  },

  async to(tx) {
    let value = tx.operation;
    for (let n = 1; n <= 3; n++) {
      const outcome = await to(call(tx, n, value));
      if (outcome[0]) return finish(tx, recover(tx, outcome[0]));
      value = outcome[1];
    }
    return finish(tx, value);
  },

  async retry(tx) {
    for (let n = 1; ; n++) {
      try {
        return finish(tx, await attempt(tx, n));
      } catch (error) {
        if (n === 3) return finish(tx, recover(tx, error));
      }
    }
  },
};

function operation(i) { return ways[params.kind](begin(i)); }
