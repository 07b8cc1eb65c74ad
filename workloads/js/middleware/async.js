// Like koa: a middleware awaits the next one and goes on behind it.

const stack = layers.map((layer, n) => n === 0
  ? async (ctx, next) => {
    try {
      layer.enter(ctx);
      await next();
      layer.leave(ctx);
    } catch (error) {
      sendError(ctx, error);
    }
  }
  : async (ctx, next) => {
    layer.enter(ctx);
    await next();
    layer.leave(ctx);
  });

async function handle(ctx) {
  const route = findRoute(ctx);
  const input = await validateParams(ctx, route);
  const user = await dbQuery(ctx, input);
  reply(ctx, await serviceCall(ctx, route, user, input));
}

function dispatch(ctx, n) {
  return n === stack.length ? handle(ctx) : stack[n](ctx, () => dispatch(ctx, n + 1));
}

async function operation(i) {
  const ctx = createContext(i);
  await dispatch(ctx, 0);
  return checksum(ctx);
}
