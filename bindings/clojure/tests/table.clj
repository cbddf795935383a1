(ns table
  "Shows one cell of the table in tests/hosts/README.md."
  (:require [table.check :as check]))

(def ^:private cells
  "Each cell with the var that shows it."
  '{"load" table.loading/loads
    "error" table.loading/compile-error
    "retry" table.loading/retry
    "reload" table.loading/reload
    "bad-header" table.loading/bad-header
    "call" table.calling/calls
    "struct" table.calling/structures
    "cpp" table.cpp/cpp
    "missing-symbol" table.calling/missing-symbol
    "wrong-arguments" table.calling/wrong-arguments
    "callback" table.callbacks/callbacks
    "callback-thread" table.callbacks/on-thread
    "unload" table.unloading/unload
    "after-unload" table.unloading/after-unload
    "unload-in-callback" table.unloading/in-callback
    "flecs" table.examples/flecs
    "sqlite" table.examples/sqlite
    "imgui" table.examples/imgui
    "quickstart" table.examples/quickstart
    ;; Of this host's only.
    "documentation" table.calling/documentation
    "by-value" table.values/by-value
    "edges" table.values/edges
    "explicit-types" table.calling/explicit-types
    "options" table.loading/options
    "threads" table.callbacks/threads})

(defn -main [& [cell]]
  (when (= cell "--cells")
    (run! println (sort (keys cells)))
    (System/exit 0))
  (let [show (cells cell)]
    (when-not show
      (println "there is no cell" (pr-str cell))
      (System/exit 2))
    (try
      ((requiring-resolve show))
      (catch Throwable failure
        (.printStackTrace failure)
        (println "failed" cell)
        (System/exit 1)))
    (println "checks:" @check/checks)
    (when (zero? @check/checks)
      (println "nothing was checked")
      (System/exit 1))
    (println "ok" cell)
    (shutdown-agents)
    (System/exit 0)))
