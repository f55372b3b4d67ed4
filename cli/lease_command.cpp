// `custdkim key lease`: the private key of the pair that signs, for a while.
#include <iostream>
#include <nlohmann/json.hpp>

#include "cli/key_commands.hpp"
#include "cli/new_file.hpp"
#include "cli/outcome.hpp"
#include "cli/private_memory.hpp"
#include "cli/reply.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;

namespace {

std::string about(const ordered_json& lease) {
    const auto text = [&](const char* name) { return lease.at(name).get<std::string>(); };
    return "the private key of " + text("selector") + "._domainkey." + text("domain") + " (" + text("type") +
           "), to sign with until " + text("until");
}

}  // namespace

int lease_key(const KeyOptions& options) {
    keep_memory_private();
    std::optional<NewFile> file;
    if (!options.output.empty()) {
        auto opened = NewFile::beside(options.output);
        if (!opened) return fail(opened.error(), options.json);
        file.emplace(std::move(*opened));
    }
    ordered_json request = ordered_json::object();
    if (!options.lease_for.empty()) request["for"] = options.lease_for;
    Reply reply = ask(options.access, "POST", "/v1/keys/" + encode_segment(options.id) + "/lease",
                      request.dump(-1, ' ', false, lenient));
    if (!reply.document) return refuse(reply, options.json);
    ordered_json& lease = *reply.document;
    const std::string pem = lease.at("private_key").get<std::string>();
    if (file) {
        auto kept = file->append(pem);
        if (kept) kept = file->take_place(0600);
        if (!kept) return fail(kept.error(), options.json);
        lease.erase("private_key");
    }
    if (options.json) {
        print_json(lease);
    } else if (file) {
        std::cout << options.output.string() << " holds " << about(lease) << "." << std::endl;
    } else {
        std::cerr << "custdkim: this is " << about(lease) << std::endl;
        std::cout << pem << std::flush;
    }
    return Exit::done;
}

}  // namespace custdkim::cli
