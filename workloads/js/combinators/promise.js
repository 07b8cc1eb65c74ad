function operation(i) { return Promise[params.kind](items(i)).then(fulfilled, rejected); }
