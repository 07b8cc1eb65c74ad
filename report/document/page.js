// Makes the tables of the page sortable and filterable. Without it they are
// complete, in the report's order; so the controls are made here and not in the
// page, where they would be dead.
(() => {
	'use strict';

	const words = new Intl.Collator('en', { numeric: true });
	const text = (row, column) => (row.cells[column]?.textContent ?? '').trim();
	// What a cell of numbers is sorted by; NaN if it has none.
	const number = (row, column) => Number(row.cells[column]?.dataset.rank ?? NaN);

	// Cells without a number come last, whichever the direction.
	const comparer = (column, numeric, sign) => (a, b) => {
		if (!numeric) return sign * words.compare(text(a, column), text(b, column));
		const v = number(a, column), w = number(b, column);
		if (isNaN(v) || isNaN(w)) return isNaN(v) - isNaN(w);
		return sign * (v - w);
	};

	const sortable = table => {
		const body = table.tBodies[0], original = [...body.rows];
		const heads = [...table.tHead.rows[0].cells];
		heads.forEach((head, column) => {
			const numeric = original.some(row => row.cells[column]?.dataset.rank !== undefined);
			const button = document.createElement('button');
			button.type = 'button';
			button.title = 'Sort by this column';
			button.append(...head.childNodes);
			head.append(button);
			button.addEventListener('click', () => {
				// Up, down, and back to the order of the report.
				const next = { ascending: 'descending', descending: null }[head.getAttribute('aria-sort')];
				const order = next === undefined ? 'ascending' : next;
				heads.forEach(h => h.removeAttribute('aria-sort'));
				if (order === null) {
					body.append(...original);
					return;
				}
				head.setAttribute('aria-sort', order);
				const sign = order === 'ascending' ? 1 : -1;
				body.append(...[...original].sort(comparer(column, numeric, sign)));
			});
		});
	};

	const filterable = (box, table) => {
		const rows = [...table.tBodies[0].rows];
		const label = document.createElement('label');
		const input = document.createElement('input');
		const count = document.createElement('span');
		input.type = 'search';
		input.autocomplete = 'off';
		input.placeholder = 'words to look for';
		count.setAttribute('role', 'status');
		const name = document.createElement('span');
		name.className = 'aside';
		name.textContent = ' of ' + (table.caption?.textContent ?? 'the table');
		label.append('Filter rows', name, ' ', input);
		const line = document.createElement('p');
		line.className = 'filter';
		line.append(label, ' ', count);
		box.before(line);
		input.addEventListener('input', () => {
			const wanted = input.value.toLowerCase().split(/\s+/).filter(Boolean);
			let shown = 0;
			for (const row of rows) {
				const content = [...row.cells].map(c => c.textContent).join(' ').toLowerCase();
				row.hidden = !wanted.every(w => content.includes(w));
				if (!row.hidden) shown++;
			}
			count.textContent = wanted.length ? `${shown} of ${rows.length} rows` : '';
		});
	};

	// What scrolls sideways must do so by keyboard too, which not all browsers see to.
	const reachable = () => {
		for (const box of document.querySelectorAll('.scroll, .chart')) {
			if (box.scrollWidth > box.clientWidth) {
				box.tabIndex = 0;
				box.setAttribute('role', 'region');
				box.setAttribute('aria-label', box.querySelector('caption, title')?.textContent ?? 'table');
			} else {
				for (const name of ['tabindex', 'role', 'aria-label']) box.removeAttribute(name);
			}
		}
	};

	for (const box of document.querySelectorAll('.scroll.data')) {
		const table = box.querySelector('table');
		if (table.tBodies[0].rows.length < 2) continue;
		sortable(table);
		if (table.tBodies[0].rows.length > 5) filterable(box, table);
	}
	reachable();
	addEventListener('resize', reachable);
})();
