#include "cli/event_commands.hpp"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <thread>
#include <utility>

#include "cli/event_stream.hpp"
#include "cli/interruption.hpp"
#include "cli/newest_events.hpp"
#include "cli/pages.hpp"
#include "cli/reply.hpp"
#include "usage/table.hpp"

namespace custdkim::cli {

using nlohmann::ordered_json;
using usage::Give;

namespace {

constexpr std::chrono::milliseconds shortest_pause{500}, longest_pause{30'000}, nap{100};

std::string text_at(const ordered_json& object, const char* name) {
    const auto found = object.find(name);
    return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<usage::Cell> event_row(const ordered_json& event) {
    return {text_at(event, "at"), text_at(event, "actor"), text_at(event, "action"), text_at(event, "domain"),
            text_at(event, "detail")};
}

// Behind an event; without one, from now on.
std::string path_of(const EventOptions& options, std::optional<std::uint64_t> after) {
    std::string path = "/v1/events", sign = "?";
    const auto add = [&](const std::string& parameter) { path += std::exchange(sign, "&") + parameter; };
    if (after) add("after=" + std::to_string(*after));
    if (!options.key.empty()) add("key=" + encode_segment(options.key));
    return path;
}

class Following {
  public:
    explicit Following(const EventOptions& options) : options_(options), after_(options.after) {}

    // One connection, to its end; the exit code where another one would not do better.
    std::optional<int> connect() {
        EventStream stream;
        bool had_some = false;
        const api::HttpStream taking{[&](std::string_view octets) {
                                         had_some = true;
                                         for (const auto& message : stream.take(octets)) show(message);
                                         return !stream.is_too_long() && !Interruption::came() &&
                                                std::cout.good();
                                     },
                                     [](std::uint64_t, std::uint64_t) { return !Interruption::came(); }, 90};
        const auto answer =
            stream_api(options_.access, "GET", path_of(options_, after_), taking, "text/event-stream");
        if (had_some) pause_ = shortest_pause;
        if (Interruption::came() || !std::cout.good()) return Exit::done;
        if (stream.is_too_long())
            return end({std::nullopt, Exit::unknown, nullptr,
                        "what answers at " + options_.access.url + " is not custdkim"});
        if (!answer) {
            if (answer.error().code != Errc::unavailable)
                return end({std::nullopt, exit_for(answer.error().code), nullptr, answer.error().detail});
            tell(answer.error().detail);
        } else if (answer->status >= 500) {
            tell(read_reply(options_.access, *answer).sentence);
        } else if (answer->status >= 300) {
            return end(read_reply(options_.access, *answer));
        }
        return std::nullopt;
    }

    // Longer each time, so that a service that starts is not in anybody's way.
    void pause() {
        const auto until = std::chrono::steady_clock::now() + pause_;
        pause_ = std::min(2 * pause_, longest_pause);
        while (!Interruption::came() && std::chrono::steady_clock::now() < until)
            std::this_thread::sleep_for(nap);
    }

  private:
    void show(const EventStream::Message& message) {
        const auto event = ordered_json::parse(message.data, nullptr, false);
        if (!event.is_object() || !event.contains("number")) return;
        const auto number = event.at("number").get<std::uint64_t>();
        if (after_ && number <= *after_) return;  // once more, after a new connection
        after_ = number;
        told_ = false;
        if (options_.json) {
            std::cout << event.dump(-1, ' ', false, lenient) << std::endl;
            return;
        }
        std::string line;
        for (const usage::Cell& cell : event_row(event)) line += (line.empty() ? "" : "  ") + cell.text;
        std::cout << usage::aligned({{line}}, {usage::standard_output().width, false}) << std::flush;
    }

    // In one line, as events are.
    int end(const Reply& refusal) {
        if (options_.json) std::cout << problem_of(refusal).dump(-1, ' ', false, lenient) << std::endl;
        return refuse(refusal, false);
    }

    void tell(const std::string& sentence) {
        if (!told_) std::cerr << "custdkim: " << sentence << "; trying again" << std::endl;
        told_ = true;
    }

    const EventOptions& options_;
    std::optional<std::uint64_t> after_;
    bool told_ = false;  // of this interruption
    std::chrono::milliseconds pause_ = shortest_pause;
};

}  // namespace

int list_events(const EventOptions& options) {
    Reply refusal;
    const ReadEvents read = [&](std::uint64_t after, std::size_t most) -> std::optional<ordered_json> {
        Reply reply = ask_all(options.access, path_of(options, after), "events", most);
        if (reply.document) return std::move(reply.document->at("events"));
        refusal = std::move(reply);
        return std::nullopt;
    };
    const std::uint64_t after = options.after.value_or(0);
    auto events = options.limit ? newest_events(read, after, *options.limit) : read(after, SIZE_MAX);
    if (!events) return refuse(refusal, options.json);
    if (options.json) {
        print_json({{"events", std::move(*events)}, {"next", nullptr}});
        return Exit::done;
    }
    usage::Rows rows = {{{"AT", Give::time}, "WHO", "WHAT", {"DOMAIN", Give::middle}, "WHY"}};
    for (const auto& event : *events) rows.push_back(event_row(event));
    usage::print_table(rows);
    return Exit::done;
}

int follow_events(const EventOptions& options) {
    const Interruption interruption;
    Following following(options);
    while (!Interruption::came()) {
        if (const auto over = following.connect()) return *over;
        following.pause();
    }
    return Exit::done;
}

}  // namespace custdkim::cli
