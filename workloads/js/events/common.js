// Events: a button is clicked now and then and at last put away. Of its clicks
// the first ones count.
//
// params.pause: the time between two events.
// params.clicks: how many clicks there are.
// params.counted: how many of them count.

function mix(value, n) { return (value * 31 + n) | 0; }

function begin(operation) {
  const button = new Emitter();
  const start = promisebenchClock();
  let clicks = 0;
  function press() {
    if (clicks === params.clicks) {
      button.emit('end', promisebenchClock() - start);
      return;
    }
    button.emit('click', mix(operation, clicks++));
    promisebenchTimer(press, params.pause);
  }
  promisebenchTimer(press, params.pause);
  return { button: button, sum: operation };
}

function count(tx, value) { tx.sum = mix(tx.sum, value); }
