package dev.plimsoll.auth;

import java.util.concurrent.CompletionStage;

/** Says whether a password is a user's. There is one, {@link Hashing}; a directory service would be another. */
interface Authenticator {
    /**
     * @param passwordHash what is stored of the user; of an unknown one a hash that nothing matches, so that both take as
     *     long
     */
    CompletionStage<Boolean> matches(String password, String passwordHash);
}
