package dev.plimsoll.refusal;

/** A bound would be crossed: the named account or limit is full. Repeating it later may succeed. */
public final class OverBudget extends Refusal {
    public OverBudget(String message) {
        super(message);
    }
}
