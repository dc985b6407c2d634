package dev.plimsoll.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.refusal.Refusal;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ErrorCodesTest {
    @Test
    void every_refusal_has_its_code() throws ReflectiveOperationException {
        var codes = new HashMap<String, Integer>();
        for (Class<?> kind : Refusal.class.getPermittedSubclasses()) {
            var refusal = (Refusal) kind.getConstructor(String.class).newInstance("why");
            codes.put(kind.getSimpleName(), ErrorCodes.of(refusal));
        }
        assertThat(codes)
                .isEqualTo(Map.of(
                        "InvalidRequest", 400,
                        "NotFound", 404,
                        "Conflict", 409,
                        "Forbidden", 403,
                        "OverBudget", 503,
                        "Unavailable", 500));
    }

    @Test
    void every_request_has_its_answer_and_only_the_irregular_ones_break_the_rule() {
        for (Class<?> request : Message.ClientRequest.class.getPermittedSubclasses()) {
            String name = request.getSimpleName();
            String expected =
                    switch (name) {
                        case "ConnectionSetupRequest" -> null;
                        case "PersistentInstanceRequest" -> "InstanceResponse";
                        case "ServiceQueryRequest" -> "QueryServiceResponse";
                        case "ConfigBatchListenRequest" -> "ConfigChangeBatchListenResponse";
                        default -> name.replace("Request", "Response");
                    };
            assertThat(MessageTypes.responseType(name)).as(name).isEqualTo(expected);
        }
        assertThat(MessageTypes.responseType("PushAckRequest")).isNull();
    }
}
