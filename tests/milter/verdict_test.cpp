// The decision table: what the service answered, and what becomes of the message.
#include "milter/verdict.hpp"

#include <catch2/catch.hpp>

namespace custdkim::milter {

namespace {

using What = Verdict::What;

Verdict on(long status, const std::string& body) { return verdict_on(api::HttpAnswer{status, body}); }

std::string problem(const std::string& type, const std::string& more = "") {
    return R"({"type": "urn:custdkim:problem:)" + type + R"(", "detail": "because of 5%")" + more + "}";
}

const std::string pass = R"(, "unsigned": "pass")", reject = R"(, "unsigned": "reject")";
const SmtpReply later{"451", "4.7.1", "the message cannot be signed now; try again later"};

void fails_for_now(const Verdict& verdict, const std::string& reason) {
    CHECK(verdict.what == What::fail);
    CHECK(verdict.reply == later);
    CHECK(verdict.reason == reason);
    CHECK(verdict.signatures.empty());
}

}  // namespace

TEST_CASE("A signature is put in front, with its lines as milters have them") {
    const Verdict verdict =
        on(200, R"({"header": "DKIM-Signature: v=1; s=s1;\r\n b=a\r\n\tb\r\n", "selector": "s1"})");
    CHECK(verdict.what == What::sign);
    CHECK(verdict.signatures == std::vector<HeaderField>{{"DKIM-Signature", " v=1; s=s1;\n b=a\n\tb"}});
    CHECK(verdict.selector == "s1");
}

TEST_CASE("Several signatures keep their order") {
    const Verdict verdict = on(200, R"({"header": "DKIM-Signature: a=rsa\r\n x\r\nDKIM-Signature: a=ed\r\n",
                    "signatures": [{"selector": "s1"}, {"selector": "e1", "header": "x"}, 7]})");
    CHECK(verdict.signatures ==
          std::vector<HeaderField>{{"DKIM-Signature", " a=rsa\n x"}, {"DKIM-Signature", " a=ed"}});
    CHECK(verdict.selector == "s1,e1");
}

TEST_CASE("What is no signature is never put into a message") {
    for (const char* header :
         {"", "DKIM-Signature: v=1", "X-Other: v=1\\r\\n", "DKIM-Signature: v=1\\r\\nBcc: a@b.example\\r\\n",
          " DKIM-Signature: v=1\\r\\n", "\\r\\n", "DKIM-Signature: v=1\\n\\nevil\\r\\n"}) {
        fails_for_now(on(200, std::string(R"({"header": ")") + header + "\"}"),
                      "the service answered without a signature");
    }
    fails_for_now(on(200, R"({"header": 1})"), "the service answered without a signature");
}

TEST_CASE("What nothing may sign is rejected with the reason, unless its organisation lets it pass") {
    for (const char* word : {"refused", "sender-not-allowed", "invalid"}) {
        for (const long status : {400, 403, 404, 409, 422}) {
            for (const std::string& how : {std::string(), reject, std::string(R"(, "unsigned": 1)")}) {
                const Verdict verdict = on(status, problem(word, how));
                CHECK(verdict.what == What::reject);
                CHECK(verdict.reply == SmtpReply{"550", "5.7.1", "because of 5%%"});
                CHECK(verdict.reason == "because of 5%");
            }
            CHECK(on(status, problem(word, pass)).what == What::pass);
        }
    }
}

TEST_CASE("Our own failures are temporary, whatever else they say") {
    for (const char* word : {"unauthorized", "forbidden", "not_found", "unavailable", "x"}) {
        for (const long status : {401, 403, 404, 500, 503}) {
            fails_for_now(on(status, problem(word, pass)),
                          "the service answered " + std::to_string(status) + ": because of 5%");
        }
    }
    for (const long status : {401, 500, 502, 503, 301, 204}) {
        CHECK(on(status, problem("refused", pass)).what == What::fail);
    }
    CHECK(on(404, R"({"type": "refused", "unsigned": "pass"})").what == What::fail);
}

TEST_CASE("What is no answer of ours is temporary") {
    for (const char* body : {"", "<html>refused</html>", "[]", "\"refused\"", "{\"header\": \"DKIM-Sig"}) {
        for (const long status : {200, 422, 502}) CHECK(on(status, body).what == What::fail);
    }
    fails_for_now(verdict_on(Error{Errc::unavailable, "Connection refused"}),
                  "the service cannot be asked: Connection refused");
}

TEST_CASE("A message that is too large for the service is rejected for good") {
    CHECK(on(413, "").what == What::reject);
    CHECK(on(413, problem("too-large", pass)).reply ==
          SmtpReply{"552", "5.3.4", "the message is too large to be signed"});
}

}  // namespace custdkim::milter
