const ways = {
  // An error goes straight to the end.
  'try-catch'(tx, done) {
    call(tx, 1, tx.operation, (error, first) => {
      if (error) return done(recover(tx, error));
      call(tx, 2, first, (error, second) => {
        if (error) return done(recover(tx, error));
        call(tx, 3, second, (error, third) => done(error ? recover(tx, error) : third));
      });
    });
  },

  // Each call has a result in reserve, and all goes on.
  'catch-per-call'(tx, done) {
    call(tx, 1, tx.operation, (error, first) => {
      call(tx, 2, error ? recover(tx, error) : first, (error, second) => {
        call(tx, 3, error ? recover(tx, error) : second, (error, third) => done(error ? recover(tx, error) : third));
      });
    });
  },

  // Errors are values, as with callbacks anyway.
  to(tx, done) { ways['try-catch'](tx, done); },

  retry(tx, done) {
    function next(n) {
      attempt(tx, n, (error, value) => {
        if (!error) done(value);
        else if (n === 3) done(recover(tx, error));
        else next(n + 1);
      });
    }
    next(1);
  },
};

function operation(i, done) {
  const tx = begin(i);
  ways[params.kind](tx, (value) => done(null, finish(tx, value)));
}
