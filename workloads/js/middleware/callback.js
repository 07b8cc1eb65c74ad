// Like express: a middleware calls next(), or next(error), and is not asked
// again; its way out hangs on the response, which runs it before it is sent.

const stack = layers.map((layer) => (ctx, next) => {
  layer.enter(ctx);
  ctx.onFinish.push(layer.leave);
  next();
});

function handle(ctx, next) {
  const route = findRoute(ctx);
  validateParams(ctx, route, (error, input) => {
    if (error) return next(error);
    dbQuery(ctx, input, (error, user) => {
      if (error) return next(error);
      serviceCall(ctx, route, user, input, (error, result) => {
        if (error) return next(error);
        reply(ctx, result);
        next();
      });
    });
  });
}

function operation(i, done) {
  const ctx = createContext(i);
  ctx.onFinish = [];

  function finish(error) {
    if (error) sendError(ctx, error);
    else for (let n = ctx.onFinish.length - 1; n >= 0; n--) ctx.onFinish[n](ctx);
    done(null, checksum(ctx));
  }

  function dispatch(n) {
    try {
      if (n === stack.length) handle(ctx, finish);
      else stack[n](ctx, (error) => (error ? finish(error) : dispatch(n + 1)));
    } catch (error) {
      finish(error);
    }
  }
  dispatch(0);
}
