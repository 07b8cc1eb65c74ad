const plans = {
  // Each job needs the result of the one before.
  sequential(tx, done) {
    function next(k, value) {
      if (k === params.delays.length) done(value);
      else job(tx, k, value, (error, result) => next(k + 1, result));
    }
    next(0, tx.operation);
  },

  // No job needs another one.
  parallel(tx, done) {
    const values = [];
    let open = params.delays.length;
    params.delays.forEach((_, k) => job(tx, k, tx.operation, (error, value) => {
      values[k] = value;
      if (--open === 0) done(total(values));
    }));
  },

  // Two pairs run beside each other, the last job needs both.
  mixed(tx, done) {
    let left, right;
    let open = 2;
    function joined() {
      if (--open === 0) job(tx, 4, (left + right) | 0, (error, value) => done(value));
    }
    job(tx, 0, tx.operation, (error, first) => job(tx, 1, first, (error, value) => {
      left = value;
      joined();
    }));
    job(tx, 2, tx.operation, (error, first) => job(tx, 3, first, (error, value) => {
      right = value;
      joined();
    }));
  },

  // As many as the limit allows run at once.
  pool(tx, done) {
    const values = [];
    let started = 0;
    let running = 0;
    function fill() {
      while (started < params.delays.length && running < params.limit) start(started++);
      if (running === 0) done(total(values));
    }
    function start(k) {
      running++;
      job(tx, k, tx.operation, (error, value) => {
        values[k] = value;
        running--;
        fill();
      });
    }
    fill();
  },
};

function operation(i, done) {
  const tx = begin(i);
  plans[params.kind](tx, (value) => done(null, finish(tx, value)));
}
