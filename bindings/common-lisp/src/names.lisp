;;;; Names of C and C++ as names of Lisp's.

(in-package #:nlib)

(defun lisp-name (name &optional prefixes)
  "NAME as Lisp writes it, in upper case: ecs_init is ECS-INIT, ImGui::SetNextWindowPos is
IM-GUI-SET-NEXT-WINDOW-POS. The first of PREFIXES that NAME begins with is left off before."
  (let* ((prefix (find-if (lambda (prefix)
                            (and (> (length name) (length prefix))
                                 (string= prefix name :end2 (length prefix))))
                          prefixes))
         (name (without-separators (subseq name (length prefix))))
         (words (with-output-to-string (out)
                  (loop for previous = nil then character
                        for (character next) on (coerce name 'list)
                        do (cond ((find character "_:")
                                  (unless (or (null previous) (find previous "_:") (null next))
                                    (write-char #\- out)))
                                 (t
                                  (when (word-begins-p previous character next)
                                    (write-char #\- out))
                                  (write-char (char-upcase character) out)))))))
    (if (plusp (length words)) words (string-upcase name))))

(defun without-separators (name)
  "NAME without underscores and colons before it."
  (string-left-trim "_:" name))

(defun word-begins-p (previous character next)
  "Whether a word begins at CHARACTER: at the B of aB and of ABc."
  (and previous
       (upper-case-p character)
       (or (lower-case-p previous)
           (digit-char-p previous)
           (and (upper-case-p previous) next (lower-case-p next)))
       (not (and (digit-char-p previous) (not (and next (lower-case-p next)))))))

(defun last-component (name)
  "What follows the last `::' of NAME."
  (let ((position (search "::" name :from-end t)))
    (if position (subseq name (+ position 2)) name)))

(defun enclosing-name (name)
  "What stands before the last `::' of NAME; \"\" without one."
  (let ((position (search "::" name :from-end t)))
    (if position (subseq name 0 position) "")))

(defun function-lisp-name (name &optional prefixes)
  "The name of a function: as LISP-NAME; a constructor N::Thing::Thing is MAKE-N-THING, its destructor
DESTROY-N-THING."
  (let* ((record (enclosing-name name))
         (last (last-component name)))
    (cond ((string= record "") (lisp-name name prefixes))
          ((string= last (last-component record))
           (concatenate 'string "MAKE-" (lisp-name record prefixes)))
          ((char= (char last 0) #\~)
           (concatenate 'string "DESTROY-" (lisp-name record prefixes)))
          (t (lisp-name name prefixes)))))

(defun keyword-name (name)
  "The keyword for the C name NAME: :KIT-RED for KIT_RED, :ROUND for Shape::Round."
  (intern (lisp-name (last-component name)) :keyword))
