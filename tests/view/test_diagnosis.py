"""The page and the charts of a diagnosis: everything it is given is shown, as text and not as markup."""

from __future__ import annotations

import numpy as np

from melodyrnn.view.diagnosis import diagnosis_charts, diagnosis_page, influence_chart

DISTANCES = [1, 2, 4]
NORMS = np.array([[1.0, 0.5, 0.25], [2.0, 0.2, 0.02]])
HISTORY = [{"step": 10.0 * n, "gradient_norm": 1.0 / n, "train_bits": 8.0 / n} for n in (1, 2, 3)]


def test_the_influence_has_one_line_a_layer() -> None:
    chart = influence_chart(DISTANCES, NORMS)
    assert [(s.label, list(s.x), list(s.y)) for s in chart.series] == [
        ("layer 1", DISTANCES, [1.0, 0.5, 0.25]),
        ("layer 2", DISTANCES, [2.0, 0.2, 0.02]),
    ]
    assert chart.log_x
    assert chart.log_y


def test_the_norms_in_training_are_drawn_where_the_history_has_them() -> None:
    assert [c.title for c in diagnosis_charts(DISTANCES, NORMS, [])] == ["How far back the loss reaches"]
    assert [c.title for c in diagnosis_charts(DISTANCES, NORMS, HISTORY)][1:] == ["Gradient norm"]


def test_the_page() -> None:
    text = diagnosis_page(
        "a&b.keras", "healthy", "no <reason>", DISTANCES, NORMS, "reach < 4", "norms > 1", HISTORY, baseline_bits=5.0
    )
    assert "<h1>Gradients of a&amp;b.keras</h1>" in text
    assert "<h2>healthy</h2><pre>no &lt;reason&gt;</pre>" in text
    assert "<pre>reach &lt; 4</pre>" in text
    assert "<pre>norms &gt; 1</pre>" in text
    assert text.count('<svg class="chart"') == 3
    assert ">baseline</title>" in text
