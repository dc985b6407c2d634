package dev.plimsoll.http;

import dev.plimsoll.net.HttpAnswer;
import dev.plimsoll.net.HttpCall;
import dev.plimsoll.net.Router;
import dev.plimsoll.refusal.InvalidRequest;
import dev.plimsoll.session.Ledger;
import dev.plimsoll.session.Sessions;
import dev.plimsoll.wire.HttpMessages;
import dev.plimsoll.wire.LedgerMessages.Closed;

/** Which clients could be told what, and why those that have gone did; for operators. */
final class LedgerRoutes {
    private final Sessions sessions;
    private final Errors errors;

    LedgerRoutes(Sessions sessions, Errors errors) {
        this.sessions = sessions;
        this.errors = errors;
    }

    void addTo(Router router) {
        router.get("/v3/admin/plimsoll/clients", this::clients).get("/v3/admin/plimsoll/closed", this::closed);
    }

    private void clients(HttpCall call) {
        var form = new Form(call);
        Ledger.Sort sort = Ledger.Sort.of(Form.echo(form.text("sort", "failures")));
        errors.answer(
                call,
                sessions.clients(sort, page(form), size(form)),
                clients -> HttpAnswer.json(200, HttpMessages.envelope(clients.json())));
    }

    private void closed(HttpCall call) {
        var form = new Form(call);
        Closed closed = sessions.closed(form.text("connectionId"), form.text("ip"), page(form), size(form));
        call.answer(HttpAnswer.json(200, HttpMessages.envelope(closed.json())));
    }

    private static int page(Form form) {
        return within("pageNo", form.number("pageNo", 1), Integer.MAX_VALUE);
    }

    private static int size(Form form) {
        return within("pageSize", form.number("pageSize", 100), Ledger.MAX_PAGE);
    }

    private static int within(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new InvalidRequest(name + ": " + value + " (expected: 1 to " + most + ")");
        }
        return value;
    }
}
