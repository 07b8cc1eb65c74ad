// Like koa 1: a middleware is a generator that yields the next one.

const stack = layers.map((layer, n) => n === 0
  ? function* (ctx, next) {
    try {
      layer.enter(ctx);
      yield next();
      layer.leave(ctx);
    } catch (error) {
      sendError(ctx, error);
    }
  }
  : function* (ctx, next) {
    layer.enter(ctx);
    yield next();
    layer.leave(ctx);
  });

function* handle(ctx) {
  const route = findRoute(ctx);
  const input = yield validateParams(ctx, route);
  const user = yield dbQuery(ctx, input);
  reply(ctx, yield serviceCall(ctx, route, user, input));
}

function dispatch(ctx, n) {
  return spawn(() => n === stack.length ? handle(ctx) : stack[n](ctx, () => dispatch(ctx, n + 1)));
}

function operation(i) {
  return spawn(function* () {
    const ctx = createContext(i);
    yield dispatch(ctx, 0);
    return checksum(ctx);
  });
}
