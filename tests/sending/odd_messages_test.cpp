// Every row of the table in docs/sending.md, by its first column: what becomes of odd messages.
#include <catch2/catch.hpp>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>

#include "fixture_keys.hpp"
#include "tests/support/source_dir.hpp"
#include "verifier.hpp"

namespace custdkim::test {

namespace {

using namespace std::string_literals;

using Messages = std::map<std::string, std::vector<std::string>>;

const std::string from = "From: a@acme.example\r\n";

const Messages signed_messages{
    {"an empty body", {from + "\r\n"}},
    {"no empty line behind the header", {from, "From: a@acme.example"}},
    {"lines that end in a line feed alone",
     {"From: a@acme.example\nTo: b@c.d\n\none\ntwo\n", from + "\none\r\ntwo\n"}},
    {"a last line without an end", {from + "\r\nlast"}},
    {"empty lines at the end", {from + "\r\nx\r\n\r\n\r\n\r\n", from + "\r\n\r\n\r\n"}},
    {"white space at the ends of lines", {from + "\r\none \r\ntwo\t \r\n \r\n"}},
    {"a line that begins with a dot", {from + "\r\n.\r\n..\r\n.x\r\n"}},
    {"broken MIME",
     {from + "MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\nno boundary\r\n",
      from + "Content-Type: multipart/mixed\r\n\r\n--\r\n--x\r\n",
      from + "Content-Type: multipart/mixed; boundary=\"x\r\n\r\n--x\r\nContent-Type:\r\n",
      from + "Content-Transfer-Encoding: base64\r\n\r\n=?!\r\n"}},
    {"octets above 127 in the body", {from + "\r\n\xFF\xFE\x80 gr\xC3\xBC\xC3\x9F\x65\r\n"}},
    {"control characters in the body", {from + "\r\n\x01\x0B\x0C\x1B[1m \x7F\r\n"}},
    {"a body line of more than 998 characters", {from + "\r\n" + std::string(5000, 'x') + "\r\n"}},
    {"UTF-8 in header fields",
     {from + "Subject: gr\xC3\xBC\xC3\x9F\x65\r\n\r\nx\r\n",
      "From: M\xC3\xBCller <a@acme.example>\r\n\r\nx\r\n"}},
    {"folded header fields, with odd white space",
     {"from:\r\n  a@acme.example\t\r\nSubject:  one \r\n\ttwo\r\n   \t three\r\n\r\nx\r\n"}},
    {"an empty header field", {from + "Subject:\r\nTo: \r\n\r\nx\r\n"}},
    {"two Subjects", {from + "Subject: one\r\nSubject: two\r\n\r\nx\r\n"}},
    {"a Sender of another domain", {"Sender: x@else.example\r\n" + from + "\r\nx\r\n"}},
    {"a signature of somebody else",
     {"DKIM-Signature: v=1; a=rsa-sha256; d=else.example; s=x; h=from; bh=eA==; b=eA==\r\n" + from +
      "\r\nx\r\n"}},
    {"a From with a comment or a quoted name",
     {"From: \"Acme, Inc. <x@y.z>\" <a@acme.example>\r\n\r\nx\r\n",
      "From: (c@d.e) a@acme.example (f)\r\n\r\nx\r\n"}},
};

std::string repeated(const std::string& text, std::size_t times) {
    std::string all;
    for (; times > 0; --times) all += text;
    return all;
}

const Messages refused_messages{
    {"nothing", {""}},
    {"no header", {"\r\n" + from + "\r\n", "\n"}},
    {"a header that begins with a folded line", {" " + from + "\r\n"}},
    {"a header line without a name and a colon",
     {from + "hello\r\n\r\n", from + "Subject : x\r\n\r\n", from + ": x\r\n\r\n", from + "From x\r\n"}},
    {"no From", {"Subject: x\r\n\r\nx\r\n"}},
    {"two Froms", {from + from + "\r\nx\r\n"}},
    {"an empty From", {"From:\r\n\r\n", "From: <>\r\n\r\n", "From: Acme\r\n\r\n"}},
    {"two addresses in From",
     {"From: a@acme.example, b@acme.example\r\n\r\n", "From: <a@b.c> <d@e.f>\r\n\r\n"}},
    {"group syntax in From", {"From: Team: a@acme.example;\r\n\r\n", "From: Undisclosed:;\r\n\r\n"}},
    {"a source route in From", {"From: <@relay.example:a@acme.example>\r\n\r\n"}},
    {"several words, white space or a comment before the @, as in `ceo . news@acme.example`",
     {"From: ceo . news@acme.example\r\n\r\n", "From: <ceo news@acme.example>\r\n\r\n",
      "From: ceo.(x)news@acme.example\r\n\r\n"}},
    {"an address literal in From", {"From: a@[192.0.2.1]\r\n\r\n"}},
    {"octets in a header field that are not UTF-8", {from + "Subject: \xFF\r\n\r\n"}},
    {"a control character in a header field", {from + "Subject: \x1B\r\n\r\n"}},
    {"a header line of more than 998 characters", {from + "Subject: " + std::string(990, 'x') + "\r\n\r\n"}},
    {"a header of more than 256 KiB", {from + repeated("X: " + std::string(900, 'x') + "\r\n", 300)}},
    {"more than 100 fields to sign", {from + repeated("References: x\r\n", 100) + "\r\n"}},
    {"a NUL character", {from + "\r\nx\0\r\n"s, from + "\r\n"s + std::string(1, '\0')}},
    {"a carriage return alone", {from + "\r\none\rtwo\r\n", from + "\r\none\r", from + "\r\none\r\r\n"}},
    {"more than 64 MiB", {from + "\r\n" + std::string(max_message_octets, 'x')}},
};

struct Row {
    std::string message, result, note;
};

std::vector<Row> rows_of_page() {
    std::ifstream stream(source_dir() + "/docs/sending.md");
    std::vector<Row> rows;
    const std::regex pattern(R"(^\| (.*) \| (signed|refused) \|(.*)\|$)");
    for (std::string line; std::getline(stream, line);) {
        std::smatch match;
        if (std::regex_match(line, match, pattern)) rows.push_back({match[1], match[2], match[3]});
    }
    return rows;
}

}  // namespace

TEST_CASE("Odd messages that the page calls signed are signed, and verify") {
    for (const auto& [name, messages] : signed_messages) {
        for (const std::string& message : messages) {
            for (const KeyType type : {KeyType::rsa_2048, KeyType::ed25519}) {
                CAPTURE(name, message.substr(0, 200));
                const std::string header = sign_with(fixture_key(type), message).value();
                CHECK(verify(header + as_sent(message),
                             record_of(fixture_pair(type), "acme.example", "s1")) == "pass");
            }
        }
    }
}

TEST_CASE("Odd messages that the page calls refused are refused, with the sentence that is there") {
    std::string sentence;
    for (const Row& row : rows_of_page()) {
        if (row.result != "refused") continue;
        const std::size_t begin = row.note.find('`'), end = row.note.find('`', begin + 1);
        if (begin != row.note.npos)
            sentence = row.note.substr(begin + 1, end - begin - 1);  // else "the same"
        const auto messages = refused_messages.find(row.message);
        REQUIRE(messages != refused_messages.end());
        for (const std::string& message : messages->second) {
            CAPTURE(row.message, message.substr(0, 200));
            const auto outcome = sign_with(fixture_key(KeyType::ed25519), message);
            REQUIRE(outcome.has_error());
            CHECK(outcome.error().code == Errc::invalid);
            CHECK(outcome.error().detail == sentence);
        }
    }
}

TEST_CASE("The page has a row for each odd message, and no other one") {
    std::size_t found = 0;
    for (const Row& row : rows_of_page()) {
        CAPTURE(row.message, row.result);
        CHECK((row.result == "signed" ? signed_messages : refused_messages).contains(row.message));
        ++found;
    }
    CHECK(found == signed_messages.size() + refused_messages.size());
}

}  // namespace custdkim::test
