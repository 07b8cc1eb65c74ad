// Each middleware returns the promise of the next one with its own way out
// chained to it.

const stack = layers.map((layer, n) => n === 0
  ? (ctx, next) => {
    layer.enter(ctx);
    return next().then(() => layer.leave(ctx)).catch((error) => sendError(ctx, error));
  }
  : (ctx, next) => {
    layer.enter(ctx);
    return next().then(() => layer.leave(ctx));
  });

function handle(ctx) {
  const route = findRoute(ctx);
  let input;
  return validateParams(ctx, route)
    .then((valid) => {
      input = valid;
      return dbQuery(ctx, input);
    })
    .then((user) => serviceCall(ctx, route, user, input))
    .then((result) => reply(ctx, result));
}

// A layer may throw on the way in, which must not escape the promises.
function dispatch(ctx, n) {
  try {
    return n === stack.length ? handle(ctx) : stack[n](ctx, () => dispatch(ctx, n + 1));
  } catch (error) {
    return Promise.reject(error);
  }
}

function operation(i) {
  const ctx = createContext(i);
  return dispatch(ctx, 0).then(() => checksum(ctx));
}
